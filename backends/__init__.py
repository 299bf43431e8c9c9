"""The backends that come with keras_compat, one folder each.

`FRAMEWORKS` says which package each of them runs on; where it is missing,
`pip install keras-compat[<name>]` brings it.
"""
from types import MappingProxyType

FRAMEWORKS = MappingProxyType({
    "numpy": "numpy",
    "torch": "torch",
    "tensorflow": "tensorflow",
})
