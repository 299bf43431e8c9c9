"""Pooling over windows, and over everything."""
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ..utils import conv_utils
from ._options import config_of, extend


class _Pooling(Layer):
    """What all pooling over windows shares; subclasses say which `_pool` of K it is.

    pool_size, strides: sizes for each spatial axis; strides None means the pool size.
    padding: 'valid' or 'same' (windows then ignore what lies outside).
    """

    _pool = None

    def __init__(self, rank, pool_size, strides, padding, data_format, **kwargs):
        super().__init__(**kwargs)
        if strides is None:
            strides = pool_size
        self.rank = rank
        self.pool_size = conv_utils.normalize_tuple(pool_size, rank, "pool_size")
        self.strides = conv_utils.normalize_tuple(strides, rank, "strides")
        self.padding = conv_utils.normalize_padding(padding)
        self.data_format = K.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def compute_output_shape(self, input_shape):
        """The input's shape with the pooled lengths."""
        shape = list(input_shape)
        first = 2 if self.data_format == "channels_first" else 1
        for axis, (size, stride) in enumerate(zip(self.pool_size, self.strides), first):
            shape[axis] = conv_utils.conv_output_length(shape[axis], size, self.padding, stride)
        return tuple(shape)

    def call(self, inputs):
        """The pooled input."""
        return self._pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "strides", "pool_size", "padding", "data_format"))


class _MaxPooling(_Pooling):
    _pool = staticmethod(K.max_pool)


class _AveragePooling(_Pooling):
    _pool = staticmethod(K.avg_pool)


class MaxPooling1D(_MaxPooling):
    """The greatest value of each window of steps."""

    @interfaces.legacy_pooling1d_support
    def __init__(self, pool_size=2, strides=None, padding="valid", data_format="channels_last",
                 **kwargs):
        super().__init__(1, pool_size, strides, padding, data_format, **kwargs)


class AveragePooling1D(_AveragePooling):
    """The mean of each window of steps."""

    @interfaces.legacy_pooling1d_support
    def __init__(self, pool_size=2, strides=None, padding="valid", data_format="channels_last",
                 **kwargs):
        super().__init__(1, pool_size, strides, padding, data_format, **kwargs)


class MaxPooling2D(_MaxPooling):
    """The greatest value of each window of images."""

    @interfaces.legacy_pooling2d_support
    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None,
                 **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, **kwargs)


class AveragePooling2D(_AveragePooling):
    """The mean of each window of images."""

    @interfaces.legacy_pooling2d_support
    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None,
                 **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, **kwargs)


class MaxPooling3D(_MaxPooling):
    """The greatest value of each window of volumes."""

    @interfaces.legacy_pooling3d_support
    def __init__(self, pool_size=(2, 2, 2), strides=None, padding="valid", data_format=None,
                 **kwargs):
        super().__init__(3, pool_size, strides, padding, data_format, **kwargs)


class AveragePooling3D(_AveragePooling):
    """The mean of each window of volumes."""

    @interfaces.legacy_pooling3d_support
    def __init__(self, pool_size=(2, 2, 2), strides=None, padding="valid", data_format=None,
                 **kwargs):
        super().__init__(3, pool_size, strides, padding, data_format, **kwargs)


class _GlobalPooling(Layer):
    """Reduces all spatial axes: (samples, channels) is left."""

    _reduce = None

    def __init__(self, rank, data_format, **kwargs):
        super().__init__(**kwargs)
        self.rank = rank
        self.data_format = K.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _axes(self):
        first = 2 if self.data_format == "channels_first" else 1
        return list(range(first, first + self.rank))

    def compute_output_shape(self, input_shape):
        """(samples, channels)."""
        channels = 1 if self.data_format == "channels_first" else -1
        return (input_shape[0], input_shape[channels])

    def call(self, inputs):
        """The reduced input."""
        return self._reduce(inputs, axis=self._axes)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "data_format"))


class _GlobalMaxPooling(_GlobalPooling):
    _reduce = staticmethod(K.max)


class _GlobalAveragePooling(_GlobalPooling):
    _reduce = staticmethod(K.mean)


class GlobalMaxPooling1D(_GlobalMaxPooling):
    """The greatest value over all steps."""

    def __init__(self, data_format="channels_last", **kwargs):
        super().__init__(1, data_format, **kwargs)


class GlobalAveragePooling1D(_GlobalAveragePooling):
    """The mean over all steps, or over those that are not masked."""

    def __init__(self, data_format="channels_last", **kwargs):
        super().__init__(1, data_format, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        """The mean over the steps that count."""
        if mask is None:
            return super().call(inputs)
        axis = self._axes[0]
        mask = K.expand_dims(K.cast(mask, K.dtype(inputs)), 3 - axis)
        return K.sum(inputs * mask, axis=axis) / K.sum(mask, axis=axis)

    def compute_mask(self, inputs, mask=None):
        """None: no steps are left."""
        return None


class GlobalMaxPooling2D(_GlobalMaxPooling):
    """The greatest value of each channel of images."""

    @interfaces.legacy_global_pooling_support
    def __init__(self, data_format=None, **kwargs):
        super().__init__(2, data_format, **kwargs)


class GlobalAveragePooling2D(_GlobalAveragePooling):
    """The mean of each channel of images."""

    @interfaces.legacy_global_pooling_support
    def __init__(self, data_format=None, **kwargs):
        super().__init__(2, data_format, **kwargs)


class GlobalMaxPooling3D(_GlobalMaxPooling):
    """The greatest value of each channel of volumes."""

    @interfaces.legacy_global_pooling_support
    def __init__(self, data_format=None, **kwargs):
        super().__init__(3, data_format, **kwargs)


class GlobalAveragePooling3D(_GlobalAveragePooling):
    """The mean of each channel of volumes."""

    @interfaces.legacy_global_pooling_support
    def __init__(self, data_format=None, **kwargs):
        super().__init__(3, data_format, **kwargs)


MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
