"""Optimizer steps over all parameters at once, by TensorFlow's fused kernels where they fit.

Parameters are the variables themselves.
"""
import tensorflow as tf


def sgd_update(params, velocities, grads, lr, momentum, *, nesterov):
    """v = momentum*v - lr*g; p += v, or p += momentum*v - lr*g with Nesterov's momentum."""
    if momentum is None:
        for p, g in zip(params, grads):
            tf.raw_ops.ResourceApplyGradientDescent(var=p.handle, alpha=lr, delta=g)
        return
    for p, v, g in zip(params, velocities, grads):
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=p.handle, accum=v.handle, lr=lr, grad=g, momentum=momentum,
            use_nesterov=nesterov)


def rmsprop_update(params, accumulators, grads, lr, rho, *, epsilon):
    """a = rho*a + (1-rho)*g^2; p -= lr*g / (sqrt(a) + epsilon).

    ResourceApplyRMSProp is no help: it has epsilon under the root.
    """
    for p, a, g in zip(params, accumulators, grads):
        mean = rho * a + (1 - rho) * tf.square(g)
        a.assign(mean, read_value=False)
        p.assign_sub(lr * g / (tf.sqrt(mean) + epsilon), read_value=False)


def adam_update(params, first, second, grads, lr_t, beta_1, beta_2, *, epsilon):
    """m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; p -= lr_t*m / (sqrt(v) + epsilon).

    With beta powers of 0 the kernel's own bias corrections are 1; Keras has them in lr_t.
    """
    for p, m, v, g in zip(params, first, second, grads):
        zero = tf.zeros((), p.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=p.handle, m=m.handle, v=v.handle, beta1_power=zero, beta2_power=zero, lr=lr_t,
            beta1=beta_1, beta2=beta_2, epsilon=tf.constant(epsilon, p.dtype), grad=g)


UPDATES = {"sgd_update": sgd_update, "rmsprop_update": rmsprop_update,
           "adam_update": adam_update}
