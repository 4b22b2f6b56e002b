"""Looks into any file of points or voxels, ours or the original's, one moment at a time."""

from __future__ import annotations

from l3rocc_engine.inspection.content import Axes, FramePoints, InspectedFile, Lattice
from l3rocc_engine.inspection.facts import describe_file
from l3rocc_engine.inspection.opener import open_inspected

__all__ = ["Axes", "FramePoints", "InspectedFile", "Lattice", "describe_file", "open_inspected"]
