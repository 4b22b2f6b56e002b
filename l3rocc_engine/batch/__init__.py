"""Thousands of inputs: found, processed by several workers and machines, published, gone on with after any stop."""
