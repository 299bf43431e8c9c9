"""Tools round the models: custom objects, labels, progress, summaries."""
from .generic_utils import (CustomObjectScope, Progbar, custom_object_scope,
                            deserialize_keras_object, get_custom_objects, serialize_keras_object)
from .layer_utils import convert_all_kernels_in_model, get_source_inputs, print_summary
from .np_utils import normalize, to_categorical

__all__ = ["CustomObjectScope", "Progbar", "convert_all_kernels_in_model", "custom_object_scope",
           "deserialize_keras_object", "get_custom_objects", "get_source_inputs", "normalize",
           "print_summary", "serialize_keras_object", "to_categorical"]
