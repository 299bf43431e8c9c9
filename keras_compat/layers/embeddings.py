"""Embedding."""
from .. import backend as K
from ..engine.base_layer import Layer
from ..legacy import interfaces
from ..utils.generic_utils import to_list
from ._options import config_of, extend, fail, integer, set_options


class Embedding(Layer):
    """Turns integers below `input_dim` into vectors of size `output_dim`.

    mask_zero: the index 0 is padding and masked. input_length: the fixed length(s) of
    the input. Weights: embeddings (input_dim, output_dim).
    """

    @interfaces.legacy_embedding_support
    def __init__(self, input_dim, output_dim, embeddings_initializer="uniform",
                 embeddings_regularizer=None, activity_regularizer=None,
                 embeddings_constraint=None, mask_zero=False, input_length=None, **kwargs):
        if "input_shape" not in kwargs and "batch_input_shape" not in kwargs:
            kwargs["input_shape"] = tuple(to_list(input_length, allow_tuple=True))
        if kwargs.get("batch_input_shape") is not None:
            # 2.3.1 wrote several lengths as one entry: (None, (3, 4))
            kwargs["batch_input_shape"] = tuple(
                size for entry in to_list(kwargs["batch_input_shape"], allow_tuple=True)
                for size in to_list(entry, allow_tuple=True))
        super().__init__(**kwargs)
        self.input_dim = integer(self, "input_dim", input_dim)
        self.output_dim = integer(self, "output_dim", output_dim)
        set_options(self, embeddings_initializer=embeddings_initializer,
                    embeddings_regularizer=embeddings_regularizer,
                    activity_regularizer=activity_regularizer,
                    embeddings_constraint=embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.input_length = input_length

    def build(self, input_shape):
        """Makes the table."""
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim), name="embeddings", dtype=self.dtype,
            initializer=self.embeddings_initializer, regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint)
        self.built = True

    def compute_mask(self, inputs, mask=None):
        """True where the index is not 0, with `mask_zero`; None otherwise."""
        return K.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        """The input's shape with `output_dim` added; unknown lengths from `input_length`."""
        if self.input_length is None:
            return tuple(input_shape) + (self.output_dim,)
        lengths = to_list(self.input_length, allow_tuple=True)
        sizes = input_shape[1:]
        known = all(None in (length, size) or length == size
                    for length, size in zip(lengths, sizes))
        if len(lengths) != len(sizes) or not known:
            fail(self, "the input must have the length of `input_length`", tuple(lengths),
                 tuple(sizes))
        return (input_shape[0],) + tuple(
            length if size is None else size for length, size in zip(lengths, sizes)
        ) + (self.output_dim,)

    def call(self, inputs):
        """The rows of the table."""
        if K.dtype(inputs) != "int32":
            inputs = K.cast(inputs, "int32")
        return K.gather(self.embeddings, inputs)

    def get_config(self):
        """The constructor's arguments."""
        return extend(super().get_config(), config_of(
            self, "input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer",
            "activity_regularizer", "embeddings_constraint", "mask_zero", "input_length"))
