"""Keras 1 and early Keras 2: old spellings, old module paths, old file formats."""
