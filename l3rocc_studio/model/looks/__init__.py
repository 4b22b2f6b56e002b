"""How the panels show a run: plain values that are saved, undone and handed to films."""

from __future__ import annotations

from l3rocc_studio.model.looks.backdrop import Backdrop, BackdropKind
from l3rocc_studio.model.looks.cloud_look import CloudColor, CloudFilter, CloudLook, DepthFrom
from l3rocc_studio.model.looks.looks import Looks
from l3rocc_studio.model.looks.occupancy_look import HiddenStyle, OccupancyLook, VoxelColor, VoxelShape
from l3rocc_studio.model.looks.palette_name import PaletteName
from l3rocc_studio.model.looks.panel_looks import PanelLooks, panel_looks_from_dict

__all__ = [
    "Backdrop",
    "BackdropKind",
    "CloudColor",
    "CloudFilter",
    "CloudLook",
    "DepthFrom",
    "HiddenStyle",
    "Looks",
    "OccupancyLook",
    "PaletteName",
    "PanelLooks",
    "VoxelColor",
    "VoxelShape",
    "panel_looks_from_dict",
]
