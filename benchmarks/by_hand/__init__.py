"""The workloads as a careful author would write them for one library, without Keras."""
