"""The bar that moves through time."""
