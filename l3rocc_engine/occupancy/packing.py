"""Sizes of the buffers that packed bits are written to."""

from __future__ import annotations

PAD = 8
"""Spare bytes at both ends of a packed buffer: words on the grid's border reach past it with zero bits."""
