"""Dropout of single elements and of whole feature maps."""
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ._options import config_of, extend, rate as checked_rate


class Dropout(Layer):
    """In training sets a part `rate` of the inputs to zero and scales the others up.

    noise_shape: shape of the mask, broadcast to the input; None in it stands for the
    input's size. seed: fixes the masks.
    """

    @interfaces.legacy_dropout_support
    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = checked_rate(self, "rate", rate)
        self.noise_shape = noise_shape
        self.seed = seed
        self.supports_masking = True

    def _get_noise_shape(self, inputs):
        if self.noise_shape is None:
            return None
        sizes = K.shape(inputs)
        return tuple(sizes[axis] if size is None else size
                     for axis, size in enumerate(self.noise_shape))

    def call(self, inputs, training=None):
        """The input with elements dropped in training, as it is otherwise."""
        if not 0.0 < self.rate < 1.0:
            return inputs

        def dropped():
            return K.dropout(inputs, self.rate, self._get_noise_shape(inputs), seed=self.seed)
        return K.in_train_phase(dropped, inputs, training=training)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "rate", "noise_shape", "seed"))


class SpatialDropout1D(Dropout):
    """Drops whole features: input (samples, steps, features)."""

    @interfaces.legacy_spatialdropout1d_support
    def __init__(self, rate, **kwargs):
        super().__init__(rate, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def _get_noise_shape(self, inputs):
        sizes = K.shape(inputs)
        return (sizes[0], 1, sizes[2])


class _SpatialDropout(Dropout):
    """Drops whole feature maps of images or volumes, in either data format."""

    def __init__(self, rank, rate, data_format, **kwargs):
        super().__init__(rate, **kwargs)
        self.data_format = K.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._rank = rank

    def _get_noise_shape(self, inputs):
        sizes = K.shape(inputs)
        ones = (1,) * self._rank
        if self.data_format == "channels_first":
            return (sizes[0], sizes[1]) + ones
        return (sizes[0],) + ones + (sizes[self._rank + 1],)


class SpatialDropout2D(_SpatialDropout):
    """Drops whole feature maps: input (samples, rows, columns, channels) or channels first."""

    @interfaces.legacy_spatialdropoutNd_support
    def __init__(self, rate, data_format=None, **kwargs):
        super().__init__(2, rate, data_format, **kwargs)


class SpatialDropout3D(_SpatialDropout):
    """Drops whole feature maps of volumes, in either data format."""

    @interfaces.legacy_spatialdropoutNd_support
    def __init__(self, rate, data_format=None, **kwargs):
        super().__init__(3, rate, data_format, **kwargs)
