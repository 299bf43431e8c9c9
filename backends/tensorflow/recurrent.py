"""Fused recurrent layers."""
OPS = {}
SPECIALIZERS = {}
