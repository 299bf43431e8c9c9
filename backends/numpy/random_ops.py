"""Random numbers. NumPy's generator is the portable one, so both modes draw from it."""
from .shaping import wanted_shape


def random_uniform(shape_tensor, low, high, dtype, stream):
    """The stream's next block, uniform in [low, high)."""
    return stream.uniform(wanted_shape(shape_tensor, None), dtype, low, high)


def random_normal(shape_tensor, mean, stddev, dtype, stream):
    """The stream's next block, normal."""
    return stream.normal(wanted_shape(shape_tensor, None), dtype, mean, stddev)


def truncated_normal(shape_tensor, mean, stddev, dtype, stream):
    """The stream's next block, normal within two standard deviations."""
    return stream.truncated_normal(wanted_shape(shape_tensor, None), dtype, mean, stddev)


OPS = {
    "random_uniform": random_uniform, "random_normal": random_normal,
    "truncated_normal": truncated_normal,
}
