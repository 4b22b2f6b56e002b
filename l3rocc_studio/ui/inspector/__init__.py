"""The window of ``l3rocc inspect``: one file, one moment at a time."""
