"""Layers that add, remove or repeat cells of the spatial axes."""
from .. import backend as K
from ..engine.base_layer import InputSpec, Layer
from ..legacy import interfaces
from ..utils import conv_utils
from ._options import config_of, extend, fail, integer


class _Spatial(Layer):
    """A layer that changes the lengths of the spatial axes by fixed rules."""

    def __init__(self, rank, data_format, **kwargs):
        super().__init__(**kwargs)
        self.rank = rank
        self.data_format = K.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _first_axis(self):
        return 2 if self.data_format == "channels_first" else 1

    def _with_lengths(self, input_shape, change, amounts):
        """The shape with `change(length, amount)` in place of each known length."""
        shape = list(input_shape)
        for axis, amount in enumerate(amounts, self._first_axis):
            if shape[axis] is not None:
                shape[axis] = change(shape[axis], amount)
        return tuple(shape)


def _pairs(value, rank, name):
    """((before, after), ...) for each spatial axis from all that the argument can be."""
    if rank == 1:
        return (conv_utils.normalize_tuple(value, 2, name, least=0),)
    if not hasattr(value, "__len__") or len(value) != rank or isinstance(value, str):
        value = conv_utils.normalize_tuple(value, rank, name, least=0)
    return tuple(conv_utils.normalize_tuple(entry, 2, f"{name}[{axis}]", least=0)
                 for axis, entry in enumerate(value))


class _ZeroPadding(_Spatial):
    """Adds rows of zeros before and after."""

    def __init__(self, padding, rank, data_format, **kwargs):
        super().__init__(rank, data_format, **kwargs)
        self.padding = _pairs(padding, rank, "padding")

    def compute_output_shape(self, input_shape):
        """The input's shape, longer by the padding."""
        return self._with_lengths(input_shape, lambda length, pair: length + sum(pair),
                                  self.padding)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "padding", "data_format"))


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after the steps: `padding` is one number or a pair."""

    def __init__(self, padding=1, **kwargs):
        super().__init__(padding, 1, "channels_last", **kwargs)

    def call(self, inputs):
        """The padded input."""
        return K.temporal_padding(inputs, padding=self.padding[0])

    def get_config(self):
        """The constructor's arguments."""
        return _one_dimensional(super().get_config(), "padding")


class ZeroPadding2D(_ZeroPadding):
    """Zeros round images: `padding` is a number, one for each axis, or a pair for each axis."""

    @interfaces.legacy_zeropadding2d_support
    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(padding, 2, data_format, **kwargs)

    def call(self, inputs):
        """The padded input."""
        return K.spatial_2d_padding(inputs, padding=self.padding, data_format=self.data_format)


class ZeroPadding3D(_ZeroPadding):
    """Zeros round volumes: `padding` is a number, one for each axis, or a pair for each axis."""

    @interfaces.legacy_zeropadding3d_support
    def __init__(self, padding=(1, 1, 1), data_format=None, **kwargs):
        super().__init__(padding, 3, data_format, **kwargs)

    def call(self, inputs):
        """The padded input."""
        return K.spatial_3d_padding(inputs, padding=self.padding, data_format=self.data_format)


class _Cropping(_Spatial):
    """Takes away cells at both ends."""

    def __init__(self, cropping, rank, data_format, **kwargs):
        super().__init__(rank, data_format, **kwargs)
        self.cropping = _pairs(cropping, rank, "cropping")

    def compute_output_shape(self, input_shape):
        """The input's shape, shorter by the cropping."""
        shape = self._with_lengths(input_shape, lambda length, pair: length - sum(pair),
                                   self.cropping)
        if any(size is not None and size <= 0 for size in shape[1:]):
            fail(self, "cropping must leave something of each axis",
                 f"less than {tuple(input_shape)}", f"cropping {self.cropping}")
        return shape

    def call(self, inputs):
        """The middle of the input."""
        index = [slice(None)] * (self.rank + 2)
        for axis, (before, after) in enumerate(self.cropping, self._first_axis):
            index[axis] = slice(before, -after or None)
        return inputs[tuple(index)]

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "cropping", "data_format"))


class Cropping1D(_Cropping):
    """Takes away steps: `cropping` is one number or a pair."""

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(cropping, 1, "channels_last", **kwargs)

    def get_config(self):
        """The constructor's arguments."""
        return _one_dimensional(super().get_config(), "cropping")


class Cropping2D(_Cropping):
    """Takes away the edges of images: a number, one for each axis, or a pair for each axis."""

    @interfaces.legacy_cropping2d_support
    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(cropping, 2, data_format, **kwargs)


class Cropping3D(_Cropping):
    """Takes away the edges of volumes: a number, one for each axis, or a pair for each axis."""

    @interfaces.legacy_cropping3d_support
    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(cropping, 3, data_format, **kwargs)


class _UpSampling(_Spatial):
    """Makes each axis longer by a whole factor."""

    def __init__(self, size, data_format, **kwargs):
        super().__init__(len(size), data_format, **kwargs)
        self.size = size

    def compute_output_shape(self, input_shape):
        """The input's shape with the spatial sizes multiplied."""
        return self._with_lengths(input_shape, lambda length, factor: length * factor, self.size)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "size", "data_format"))


class UpSampling1D(_UpSampling):
    """Repeats each step `size` times."""

    @interfaces.legacy_upsampling1d_support
    def __init__(self, size=2, **kwargs):
        super().__init__((int(size),), "channels_last", **kwargs)

    def call(self, inputs):
        """The repeated steps."""
        return K.repeat_elements(inputs, self.size[0], axis=1)

    def get_config(self):
        """The constructor's arguments."""
        return _one_dimensional(super().get_config(), "size")


class UpSampling2D(_UpSampling):
    """Enlarges images by whole factors; interpolation: 'nearest' or 'bilinear'."""

    @interfaces.legacy_upsampling2d_support
    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(conv_utils.normalize_tuple(size, 2, "size"), data_format, **kwargs)
        if interpolation not in ("nearest", "bilinear"):
            fail(self, "unknown interpolation", "'nearest' or 'bilinear'", repr(interpolation))
        self.interpolation = interpolation

    def call(self, inputs):
        """The enlarged images."""
        return K.resize_images(inputs, self.size[0], self.size[1], self.data_format,
                               self.interpolation)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(self, "interpolation"))


class UpSampling3D(_UpSampling):
    """Enlarges volumes by whole factors, repeating the cells."""

    @interfaces.legacy_upsampling3d_support
    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(conv_utils.normalize_tuple(size, 3, "size"), data_format, **kwargs)

    def call(self, inputs):
        """The enlarged volumes."""
        return K.resize_volumes(inputs, *self.size, self.data_format)


def _one_dimensional(config, name):
    """A config with a bare value for the only axis, and without the data format."""
    config[name] = config[name][0]
    del config["data_format"]
    return config
