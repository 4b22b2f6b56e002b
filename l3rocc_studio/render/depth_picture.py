"""Pictures with their distances, drawn off screen, and what distances make of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray
from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_studio.render.depth_shading import Depths, Lens, Shading, to_distances
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.finishing import finish_picture
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.overlay import Veil, lay_over, veil_by_distance
from l3rocc_studio.render.perspective import eye_of, lens_of
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.scene import Scene

MIDDLE_GREY, GREY_SPREAD = 128, 24
"""What is seen on white and on black alike; and how far channels of a grey differ at most."""
MARGIN_PX = 2
"""So that nothing that is drawn is cut, however its edges are rounded."""


@dataclass(slots=True, kw_only=True)
class DepthPicture:
    """A picture that can be shaded and put over others; it is changed in place.

    Attributes
    ----------
    color
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA with colours multiplied by opacity.
    distances
        (H, W) float32 along the line of sight; 0 where nothing was drawn.
    """

    color: NDArray[np.uint8]
    distances: Depths

    def copy(self) -> DepthPicture:
        """The same, to be changed apart."""
        return DepthPicture(color=self.color.copy(), distances=self.distances.copy())

    def take(self, other: DepthPicture) -> None:
        """Become another picture of this size."""
        np.copyto(self.color, other.color)
        np.copyto(self.distances, other.distances)

    def part(self, box: PixelBox) -> DepthPicture:
        """A part of it, to be changed apart."""
        return DepthPicture(
            color=self.color[box.rows, box.columns].copy(), distances=self.distances[box.rows, box.columns].copy()
        )

    def lay_veil(self, other: DepthPicture, veil: Veil) -> None:
        """Lay a picture of the same view over it."""
        veil_by_distance(self.color, self.distances, other.color, other.distances, veil.opacity, veil.reach)

    def finish(self, shading: Shading | None) -> None:
        """Darken hollows and what lies behind edges, unless ``shading`` is None, and soften stairs."""
        finish_picture(self.color, self.distances, shading)

    def lay(self, part: DepthPart) -> None:
        """Put a part's colours onto the picture's where it is nearer, with soft borders; distances stay."""
        corner = (part.box.top_px, part.box.left_px)
        lay_over(self.color, self.distances, part.picture.color, part.picture.distances, corner)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthPart:
    """A picture of a part of a view; at its borders, unless they are the view's, it is empty."""

    picture: DepthPicture
    box: PixelBox


def blank_picture(box: PixelBox, num_channels: int) -> DepthPicture:
    """A picture with nothing on it."""
    return DepthPicture(
        color=np.zeros((box.height_px, box.width_px, num_channels), dtype=np.uint8),
        distances=np.zeros((box.height_px, box.width_px), dtype=np.float32),
    )


class DepthView(OffscreenView):
    """Draws one scene into memory together with its distances.

    Parameters
    ----------
    scene, width_px, height_px
        As for :class:`OffscreenView`.
    is_clear
        Whether pictures are RGBA, clear where nothing was drawn.
    """

    def __init__(self, scene: Scene, width_px: int, height_px: int, *, is_clear: bool) -> None:
        super().__init__(scene, width_px, height_px)
        self._is_clear = is_clear
        self._depth = vtkFloatArray()

    @property
    def box(self) -> PixelBox:
        """All of the picture."""
        width_px, height_px = self._window.GetSize()
        return PixelBox(left_px=0, top_px=0, width_px=width_px, height_px=height_px)

    def draw_with_depth(self, part: PixelBox | None = None) -> DepthPicture:
        """The scene as it is, or a part of that picture."""
        self._render()
        return self._read(part or self.box)

    def draw_actors(self, actors: Sequence[vtkActor]) -> DepthPart | None:
        """What is visible of actors, for the cost of the part of the picture where they are; None for nothing."""
        box = self.box_around(actors)
        return None if box is None else DepthPart(picture=self.draw_part_with_depth(box), box=box)

    def blank(self) -> DepthPicture:
        """A picture of the same size with nothing on it."""
        return blank_picture(self.box, self.num_channels)

    @property
    def num_channels(self) -> int:
        """4 with opacity, else 3."""
        return 4 if self._is_clear else 3

    def draw_part_with_depth(self, box: PixelBox) -> DepthPicture:
        """A part of the same picture for the cost of the part; equal but for rounding where only meshes are drawn."""
        with self._looking_at(box):
            self._render()
        return self._read(box)

    def box_around(self, actors: Sequence[vtkActor]) -> PixelBox | None:
        """Where in the picture visible actors are, with a margin; None if nowhere."""
        width_px, height_px = self._window.GetSize()
        bounds = [np.reshape(actor.GetBounds(), (3, 2)) for actor in actors if actor.GetVisibility()]
        if not bounds:
            return None
        corners = np.array([(x, y, z) for low_high in bounds for x, y, z in itertools.product(*low_high)])
        eye, near = self.eye(0.0), self.lens().near
        seen = (corners - eye.position) @ eye.axes.T
        if seen[:, 2].min() < near:
            return self.box
        places = eye.focal_px * seen[:, :2] / seen[:, 2:] + np.array([width_px, height_px]) / 2
        low = np.floor(places.min(axis=0)).astype(int) - MARGIN_PX
        high = np.ceil(places.max(axis=0)).astype(int) + MARGIN_PX
        left, top = np.maximum(low, 0).tolist()
        right, bottom = np.minimum(high, (width_px, height_px)).tolist()
        if right <= left or bottom <= top:
            return None
        return PixelBox(left_px=left, top_px=top, width_px=right - left, height_px=bottom - top)

    @contextmanager
    def _looking_at(self, box: PixelBox) -> Iterator[None]:
        """Draw only a part of the picture, at its place."""
        width_px, height_px = self._window.GetSize()
        renderer, camera = self._scene.renderer, self._scene.renderer.GetActiveCamera()
        bottom_px, angle_deg = height_px - box.top_px - box.height_px, camera.GetViewAngle()
        right_px, upper_px = box.left_px + box.width_px, bottom_px + box.height_px
        share = box.height_px / height_px
        renderer.SetViewport(box.left_px / width_px, bottom_px / height_px, right_px / width_px, upper_px / height_px)
        camera.SetViewAngle(np.degrees(2 * np.arctan(share * np.tan(np.radians(angle_deg / 2)))))
        camera.SetWindowCenter(
            (box.left_px + right_px - width_px) / box.width_px, (bottom_px + upper_px - height_px) / box.height_px
        )
        yield
        camera.SetWindowCenter(0.0, 0.0)
        camera.SetViewAngle(angle_deg)
        renderer.SetViewport(0.0, 0.0, 1.0, 1.0)

    def _read(self, box: PixelBox) -> DepthPicture:
        """Colours and distances of a part of what was drawn."""
        if not box.width_px or not box.height_px:
            return blank_picture(box, self.num_channels)
        bottom_px = self._window.GetSize()[1] - box.top_px - box.height_px
        part = (box.left_px, bottom_px, box.left_px + box.width_px - 1, bottom_px + box.height_px - 1)
        self._window.GetPixelData(*part, False, self._pixels, 0)
        self._window.GetZbufferData(*part, self._depth)
        size = (box.height_px, box.width_px)
        color = np.ascontiguousarray(vtk_to_numpy(self._pixels).reshape(*size, 3)[::-1])
        depth = np.ascontiguousarray(vtk_to_numpy(self._depth).reshape(size)[::-1])
        if self._is_clear:
            cover = np.where(depth < 1.0, np.uint8(255), np.uint8(0))
            color = np.dstack([color * (cover[..., None] > 0), cover])
        return DepthPicture(color=color, distances=to_distances(depth, self.lens()))

    def lens(self) -> Lens:
        """How the depths of the last picture turn into distances."""
        return lens_of(self._scene.renderer)

    def eye(self, near: float) -> Eye:
        """The camera, for :func:`.surface_painter.paint_surface`, which draws nothing nearer than ``near``."""
        return eye_of(self._scene.renderer, near)


def with_plain_opacity(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colours as they are where the picture is clear in part, not multiplied by opacity; RGB stays as it is."""
    if picture.shape[2] == 3:
        return picture
    cover = picture[..., 3:].astype(np.float32) / 255.0
    plain = picture.copy()
    plain[..., :3] = np.rint(np.minimum(picture[..., :3] / np.maximum(cover, 1e-6), 255.0))
    return plain


def make_greys_translucent(picture: NDArray[np.uint8]) -> None:
    """Let lines that are quiet on white be as quiet on anything: the same on white, and faint on dark; in place.

    Parameters
    ----------
    picture
        (H, W, 4) RGBA, colours multiplied by opacity; RGB stays as it is.
    """
    if picture.shape[2] == 3:
        return
    color = picture[..., :3]
    is_line = (picture[..., 3] == 255) & (np.ptp(color, axis=2) <= GREY_SPREAD) & (color.min(axis=2) > MIDDLE_GREY)
    cover = (255.0 - color[is_line].mean(axis=1)) / (255 - MIDDLE_GREY)
    color[is_line] = np.rint(cover * MIDDLE_GREY)[:, None]
    picture[..., 3][is_line] = np.rint(cover * 255.0)
