"""The π³ network as a backend: weights, memory, chunks, camera."""
