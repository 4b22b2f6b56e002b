"""The slow part of showing a frame of the occupancy, for any thread."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from l3rocc_studio.render import edge_smoothing, voxel_sketch
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.frame_voxels import FrameVoxels, prepare_voxels_of
from l3rocc_studio.render.voxel_canvas import Sketch
from l3rocc_studio.render.voxel_style import VoxelStyle
from l3rocc_studio.render.voxel_surface import VoxelSurface, passing_surface, resting_surface

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedFrame:
    """A frame made ready for :class:`l3rocc_studio.render.occupancy_scene.OccupancyScene`.

    Attributes
    ----------
    frame_idx, detail
        What it shows.
    voxels
        What there is to draw.
    made_for
        The run and the style that it was made for; with others it is stale and made again.
    surface, sketch
        Instead of meshes, if the style has a canvas: the voxels themselves, and painted on it.
    """

    frame_idx: int
    detail: Detail
    voxels: FrameVoxels
    made_for: Hashable
    surface: VoxelSurface | None = None
    sketch: Sketch | None = None


def key_of(run: Run | GrowingRun | None, style: VoxelStyle) -> Hashable:
    """What a frame is made for: equal only as long as it may be shown."""
    return (id(run), style)


def prepare_frame(run: Run | GrowingRun, frame_idx: int, style: VoxelStyle) -> PreparedFrame:
    """Make a frame ready: meshes, or a picture where the style has a canvas; touches no renderer."""
    made_for = key_of(run, style)
    if style.canvas is None:
        voxels = prepare_voxels_of(run, frame_idx, style)
        return PreparedFrame(frame_idx=frame_idx, detail=style.detail, voxels=voxels, made_for=made_for)
    stays = style.detail is Detail.FULL
    surface, counts = (resting_surface if stays else passing_surface)(run, frame_idx, style)
    least_contrast = edge_smoothing.LEAST_CONTRAST if stays else voxel_sketch.LEAST_CONTRAST
    return PreparedFrame(
        frame_idx=frame_idx,
        detail=style.detail,
        voxels=FrameVoxels(counts=counts),
        made_for=made_for,
        surface=surface,
        sketch=voxel_sketch.sketch_surface(surface, style.canvas, least_contrast),
    )
