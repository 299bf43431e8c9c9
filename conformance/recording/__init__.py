"""Scripts that record what the original Keras computes; they run in its environment alone."""
