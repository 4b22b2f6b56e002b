"""Panels of a film, and the world's: its scene, its camera, and what is done to the drawn picture."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.film_spec import Backdrop, FilmSpec
from l3rocc_studio.render.camera_path import CameraPath
from l3rocc_studio.render.depth_picture import DepthPart, DepthView, with_plain_opacity
from l3rocc_studio.render.film_layout import PanelBox
from l3rocc_studio.render.pixel_box import NOWHERE, PixelBox
from l3rocc_studio.render.scaling import resize
from l3rocc_studio.render.shape_painter import paint_shapes
from l3rocc_studio.render.still_picture import StillPicture
from l3rocc_studio.render.way_picture import WayPicture, draw_way
from l3rocc_studio.render.world_parts import WorldPart
from l3rocc_studio.render.world_scene import WorldScene

Picture = NDArray[np.uint8]

PICTURE_SHARE = 0.3
"""Longest side of the picture in the present camera, which is small, as a share of the panel's width."""


class FilmView(Protocol):
    """Pictures of one panel."""

    def draw(self, frame_idx: int, picture: Picture) -> Picture:
        """The panel at a frame, (H, W, 3) RGB or (H, W, 4) RGBA, until the next is drawn.

        ``picture`` is the source's.
        """
        ...

    @property
    def changed(self) -> PixelBox | None:
        """Where the last picture may differ from the one drawn before it; None for anywhere."""
        ...

    def close(self) -> None:
        """Free the scene and its window."""
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a picture of a panel was made of.

    Attributes
    ----------
    ground
        What it is except in a part, another one for another picture; None if it has none.
    part
        Where something is over it, or is no more or not yet since the picture before; None for nowhere.
    """

    ground: object | None = None
    part: PixelBox | None = None

    def changed_since(self, before: Drawn) -> PixelBox | None:
        """Where it differs from another; None for anywhere."""
        if self.ground is None or self.ground is not before.ground:
            return None
        if self.part is None or before.part is None:
            return self.part or before.part or NOWHERE
        return self.part.around(before.part)


class WorldFilmView:
    """The world seen along a camera path.

    What stands, cloud and cubes, and what moves are drawn apart and put together by their distances. From a camera that
    stands the cloud and the way are drawn once, the cubes when there are more of them, and each frame only the parts of
    the picture where the present camera is and what it has passed of the way.
    """

    def __init__(self, scene: WorldScene, path: CameraPath, box: PanelBox, spec: FilmSpec) -> None:
        self._scene, self._path = scene, path
        self._view = DepthView(
            scene, box.width_px, box.height_px, is_clear=spec.layout.backdrop is Backdrop.TRANSPARENT
        )
        scene.set_smooth(is_smooth=False)
        self._still = StillPicture(scene, self._view, is_kept=path.is_still, has_shading=spec.look.has_shading)
        self._way: tuple[Hashable, WayPicture] | None = None
        self._frame_idx = 0
        self._longest_px = round(PICTURE_SHARE * box.width_px)
        self._drawn, self._drawn_before = Drawn(), Drawn()

    def draw(self, frame_idx: int, picture: Picture) -> Picture:
        """The world at a frame."""
        self._frame_idx = frame_idx
        self._scene.show_frame(frame_idx)
        self._scene.set_picture(_small(picture, self._longest_px))
        pose = self._path.pose(frame_idx)
        self._scene.set_camera_pose(pose)
        with self._scene.steady_clipping():
            ground = self._still.draw()
            way, moving = (None, None) if self._scene.is_at_head(pose) else (self._kept_way(), self._draw_moving())
        box = ground.show_way(way, frame_idx)
        if moving is not None:
            ground.lay(moving)
            box = moving.box if box is None else moving.box.around(box)
        self._drawn_before, self._drawn = self._drawn, Drawn(ground, box)
        return with_plain_opacity(ground.picture.color)

    @property
    def changed(self) -> PixelBox | None:
        """Where the last picture may differ from the one drawn before it; None for anywhere."""
        return self._drawn.changed_since(self._drawn_before)

    def _draw_moving(self) -> DepthPart | None:
        """The present camera, and the way where it is not kept; a part is drawn alone only in perspective."""
        scene, view = self._scene, self._view
        if self._is_parallel():
            with scene.only(WorldPart.MOVING):
                return DepthPart(picture=view.draw_with_depth(), box=view.box)
        shapes = scene.cameras.shapes(self._frame_idx, has_way=not self._path.is_still)
        if shapes is None:
            part = WorldPart.CAMERA if self._path.is_still else WorldPart.MOVING
            with scene.only(part):
                return view.draw_actors(scene.actors_of(part))
        lens = view.lens()
        return paint_shapes(*shapes, view.eye(lens.near), lens, view.box.size_px, view.num_channels)

    def _is_parallel(self) -> bool:
        return self._scene.camera_pose().parallel_scale is not None

    def _kept_way(self) -> WayPicture | None:
        """The way as a standing camera sees it; None where it is drawn each time."""
        if not self._path.is_still or self._is_parallel():
            return None
        # The cloud may grow, or change its colours, without a change of the way.
        key = self._scene.still_key(WorldPart.AROUND)
        if self._way is None or self._way[0] != key:
            self._way = (key, draw_way(self._scene, self._view))
        return self._way[1]

    def close(self) -> None:
        """Free the scene and its window."""
        self._view.close()
        self._scene.close()


def _small(picture: Picture, longest_px: int) -> Picture:
    """The picture brought down by a whole number, which is quick, so that its sides are about so long at most."""
    height, width = picture.shape[:2]
    factor = -(-max(height, width) // max(longest_px, 1))
    rows, columns = height // factor, width // factor
    if factor == 1 or not rows or not columns:
        return picture
    return resize(picture[: factor * rows, : factor * columns], (columns, rows))
