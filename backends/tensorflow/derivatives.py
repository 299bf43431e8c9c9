"""Functions with a first derivative of their own."""
import tensorflow as tf


def vjp(function, inputs, given):
    """Gradients of a function's outputs by its inputs, for gradients `given` of the outputs."""
    inputs = [tf.convert_to_tensor(x) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = function(*inputs)
    found = tape.gradient(outputs, inputs, given, tf.UnconnectedGradients.ZERO)
    return [tf.convert_to_tensor(g) for g in found]


def with_backward(plain, forward, backward):
    """A function equal to `plain` that runs by `forward` and is differentiated by `backward`.

    plain(*inputs) -> outputs, in ops that TensorFlow differentiates any number of
    times: what derivatives beyond the first come from. forward(*inputs) ->
    (outputs, kept). backward(kept, inputs, given) -> a gradient per input.
    """
    @tf.custom_gradient
    def run(*inputs):
        outputs, kept = forward(*inputs)
        return outputs, lambda *given: _first(plain, backward, kept, inputs, given)
    return run


def _first(plain, backward, kept, inputs, given):
    count = len(inputs)

    @tf.custom_gradient
    def run(*arguments):
        found = backward(kept, arguments[:count], arguments[count:])
        return tuple(found), lambda *again: _second(plain, arguments, count, again)
    return run(*inputs, *given)


def _second(plain, arguments, count, again):
    def first(*arguments):
        return vjp(plain, arguments[:count], arguments[count:])
    return vjp(first, arguments, again)
