"""Composites of neural networks with a native form."""
OPS = {}
