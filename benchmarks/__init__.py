"""Speed of the models against the same programs written by hand for each backend."""
