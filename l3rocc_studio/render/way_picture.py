"""The camera's way as a standing camera sees it: drawn once, of which each frame only changes colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData

from l3rocc_studio.render import polydata
from l3rocc_studio.render.depth_picture import MARGIN_PX, DepthPart, DepthPicture, DepthView
from l3rocc_studio.render.pixel_box import NOWHERE, PixelBox
from l3rocc_studio.render.stroke_mesh import SIDES, flat_actor
from l3rocc_studio.render.world_parts import WorldPart
from l3rocc_studio.render.world_scene import WorldScene

TRIANGLES_A_STEP = 2 * SIDES


@dataclass(frozen=True, slots=True, kw_only=True)
class WayPicture:
    """Pixels of the way.

    Attributes
    ----------
    ahead
        With the whole way still ahead; None if nothing of it is seen.
    places
        (P,) flat numbers of its pixels.
    passed
        (P, C) uint8 colours once it is passed.
    first_frames
        (P,) int32, the frame from which on it is.
    """

    ahead: DepthPart | None
    places: NDArray[np.int64]
    passed: NDArray[np.uint8]
    first_frames: NDArray[np.int32]

    def at(self, frame_idx: int) -> DepthPart | None:
        """The way at a frame; None if nothing of it is seen."""
        if self.ahead is None:
            return None
        picture = self.ahead.picture.copy()
        is_passed = self.first_frames <= frame_idx
        _flat(picture)[self.places[is_passed]] = self.passed[is_passed]
        return DepthPart(picture=picture, box=self.ahead.box)

    def recolor(self, picture: DepthPicture, before: int, now: int) -> PixelBox | None:
        """Make the picture of the way at a frame that of another; what holds the pixels that change, None for none."""
        is_changed = (self.first_frames > min(before, now)) & (self.first_frames <= max(before, now))
        places = self.places[is_changed]
        if self.ahead is None or not len(places):
            return None
        _flat(picture)[places] = self.passed[is_changed] if now > before else _flat(self.ahead.picture)[places]
        rows, columns = np.divmod(places, self.ahead.box.width_px)
        left, top = int(columns.min()), int(rows.min())
        width, height = int(columns.max()) + 1 - left, int(rows.max()) + 1 - top
        return PixelBox(left_px=left, top_px=top, width_px=width, height_px=height)


def _flat(picture: DepthPicture) -> NDArray[np.uint8]:
    """Its colours (H * W, C), in the same memory."""
    return picture.color.reshape(-1, picture.color.shape[2])


def draw_way(scene: WorldScene, view: DepthView) -> WayPicture:
    """Draw the way of a scene as its camera sees it now; colours of its actor are those of no frame afterwards."""
    trajectory = scene.cameras.trajectory
    num_places = 0 if trajectory is None else trajectory.num_frames
    # Reading a whole picture takes longer than drawing it.
    around = view.box_around(scene.actors_of(WorldPart.WAY)) or NOWHERE
    with scene.only(WorldPart.WAY):
        scene.cameras.color_way(num_places)
        passed = view.draw_with_depth(around)
        scene.cameras.color_way(0)
        ahead = view.draw_with_depth(around)
        steps = _draw_steps(scene, view, around)
    box = _box_of(ahead.distances > 0.0)
    at = box or NOWHERE
    part = ahead.part(at)
    places = np.flatnonzero(part.distances > 0.0)
    return WayPicture(
        ahead=None if box is None else DepthPart(picture=part, box=box.beyond(around)),
        places=places,
        passed=passed.part(at).color.reshape(-1, passed.color.shape[2])[places],
        first_frames=steps[at.rows, at.columns].reshape(-1)[places] + 1,
    )


def _box_of(is_drawn: NDArray[np.bool_]) -> PixelBox | None:
    """Where something is, with a margin; None if nowhere."""
    rows, columns = (np.flatnonzero(is_drawn.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    height, width = is_drawn.shape
    left, top = max(int(columns[0]) - MARGIN_PX, 0), max(int(rows[0]) - MARGIN_PX, 0)
    right, bottom = min(int(columns[-1]) + 1 + MARGIN_PX, width), min(int(rows[-1]) + 1 + MARGIN_PX, height)
    return PixelBox(left_px=left, top_px=top, width_px=right - left, height_px=bottom - top)


def _draw_steps(scene: WorldScene, view: DepthView, around: PixelBox) -> NDArray[np.int32]:
    """(H, W) int32 of a part, the number of the step between two places that a pixel of the way shows."""
    data, ways = vtkPolyData(), scene.actors_of(WorldPart.WAY)
    for way in ways:
        data.SetPoints(way.GetMapper().GetInput().GetPoints())
        data.SetPolys(way.GetMapper().GetInput().GetPolys())
    steps = np.arange(data.GetNumberOfCells(), dtype=np.int64) // TRIANGLES_A_STEP
    # Three channels of a colour hold a number that nothing smooths, shades or mixes.
    numbers = np.stack([steps >> 16, steps >> 8 & 255, steps & 255, np.full_like(steps, 255)], axis=1)
    polydata.set_cell_colors(data, numbers.astype(np.uint8))
    actor = flat_actor(data, (1.0, 1.0, 1.0))
    actor.GetMapper().SetScalarModeToUseCellData()
    for way in ways:
        scene.renderer.RemoveActor(way)
    scene.renderer.AddActor(actor)
    drawn = view.draw_with_depth(around).color.astype(np.int32)
    scene.renderer.RemoveActor(actor)
    for way in ways:
        scene.renderer.AddActor(way)
    return drawn[..., 0] << 16 | drawn[..., 1] << 8 | drawn[..., 2]
