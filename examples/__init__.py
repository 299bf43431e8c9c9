"""Scripts as they were written for Keras 2; `keras-compat demo` runs them."""
