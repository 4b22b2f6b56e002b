"""Video in, egocentric 4D occupancy out: the engine, with no window and no renderer."""

from __future__ import annotations

__version__ = "0.1.0"
