"""Words for what can be chosen on the Look page."""

from __future__ import annotations

from enum import Enum

from l3rocc_studio.model.looks import (
    BackdropKind,
    CloudColor,
    DepthFrom,
    HiddenStyle,
    PaletteName,
    VoxelColor,
    VoxelShape,
)
from l3rocc_studio.model.words import N_

CLOUD_COLORS: dict[Enum, str] = {
    CloudColor.RGB: N_("Picture colours"),
    CloudColor.HEIGHT: N_("Height"),
    CloudColor.DEPTH: N_("Depth"),
    CloudColor.CONFIDENCE: N_("Confidence"),
    CloudColor.TIME: N_("Time first seen"),
    CloudColor.COUNT: N_("Times seen"),
}
DEPTH_ORIGINS: dict[Enum, str] = {
    DepthFrom.CURRENT: N_("Current camera"),
    DepthFrom.START: N_("First camera"),
}
PALETTES: dict[Enum, str] = {
    PaletteName.MORANDI: N_("Morandi"),
    PaletteName.VIRIDIS: N_("Viridis"),
    PaletteName.CIVIDIS: N_("Cividis, colour-blind"),
    PaletteName.MAGMA: N_("Magma"),
    PaletteName.TURBO: N_("Turbo"),
    PaletteName.GREY: N_("Grey"),
}
BACKDROPS: dict[Enum, str] = {
    BackdropKind.THEME: N_("Follow theme"),
    BackdropKind.BLACK: N_("Black"),
    BackdropKind.WHITE: N_("White"),
    BackdropKind.CUSTOM: N_("Custom colour"),
}
VOXEL_SHAPES: dict[Enum, str] = {
    VoxelShape.FACES: N_("Closed surface"),
    VoxelShape.CUBES: N_("Single cubes"),
}
VOXEL_COLORS: dict[Enum, str] = {
    VoxelColor.DEPTH: N_("Depth"),
    VoxelColor.HEIGHT: N_("Height"),
    VoxelColor.PLAIN: N_("One colour"),
}
HIDDEN_STYLES: dict[Enum, str] = {
    HiddenStyle.WIRE: N_("Outlines"),
    HiddenStyle.VEIL: N_("Veil"),
}
