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

CLOUD_COLORS: dict[Enum, str] = {
    CloudColor.RGB: "Picture colours",
    CloudColor.HEIGHT: "Height",
    CloudColor.DEPTH: "Depth",
    CloudColor.CONFIDENCE: "Confidence",
    CloudColor.TIME: "Time first seen",
    CloudColor.COUNT: "Times seen",
}
DEPTH_ORIGINS: dict[Enum, str] = {
    DepthFrom.CURRENT: "Current camera",
    DepthFrom.START: "First camera",
}
PALETTES: dict[Enum, str] = {
    PaletteName.MORANDI: "Morandi",
    PaletteName.VIRIDIS: "Viridis",
    PaletteName.CIVIDIS: "Cividis, colour-blind",
    PaletteName.MAGMA: "Magma",
    PaletteName.TURBO: "Turbo",
    PaletteName.GREY: "Grey",
}
BACKDROPS: dict[Enum, str] = {
    BackdropKind.THEME: "As the theme",
    BackdropKind.BLACK: "Black",
    BackdropKind.WHITE: "White",
    BackdropKind.CUSTOM: "Own colour",
}
VOXEL_SHAPES: dict[Enum, str] = {
    VoxelShape.FACES: "Closed surface",
    VoxelShape.CUBES: "Single cubes",
}
VOXEL_COLORS: dict[Enum, str] = {
    VoxelColor.DEPTH: "Depth",
    VoxelColor.HEIGHT: "Height",
    VoxelColor.PLAIN: "One colour",
}
HIDDEN_STYLES: dict[Enum, str] = {
    HiddenStyle.WIRE: "Outlines",
    HiddenStyle.VEIL: "Veil",
}
