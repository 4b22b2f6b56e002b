"""Egocentric occupancy and visibility, exact to the voxel."""

from __future__ import annotations

from l3rocc_engine.occupancy.grid import GridSpec

__all__ = ["GridSpec"]
