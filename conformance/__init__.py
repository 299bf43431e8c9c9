"""The suite that every backend must pass: `python -m keras_compat.conformance --backend NAME`.

cases/      tables of inputs for each op beside an independent float64 reference
golden/     what Keras 2.3.1 computed on Theano
golden_tensorflow/   and on TensorFlow, where Theano could not say; recording/ made it
tolerance   error bounds that follow from the arithmetic
forward, gradients, refusals, randomness, golden_cases   what is checked
cli, report the command and its JSON
It needs NumPy alone.
"""
