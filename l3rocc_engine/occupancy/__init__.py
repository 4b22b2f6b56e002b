"""Egocentric occupancy and visibility, exact to the voxel."""

from __future__ import annotations

from l3rocc_engine.occupancy.casting import occupancy_sequence
from l3rocc_engine.occupancy.files import load_sequence
from l3rocc_engine.occupancy.frame import FrameOccupancy, VoxelState
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.occupancy.sightings import frames_that_saw
from l3rocc_engine.occupancy.warming import warm, warm_in_background
from l3rocc_engine.occupancy.world import WorldMap, load_world_map, world_map

__all__ = [
    "FrameOccupancy",
    "GridSpec",
    "OccupancySequence",
    "VoxelState",
    "WorldMap",
    "frames_that_saw",
    "load_sequence",
    "load_world_map",
    "occupancy_sequence",
    "warm",
    "warm_in_background",
    "world_map",
]
