"""What stands in a film's world, cloud and cubes, painted into the same memory again and again."""

from __future__ import annotations

from collections.abc import Hashable

from l3rocc_studio.render.depth_picture import DepthPicture, DepthView
from l3rocc_studio.render.depth_shading import Shading
from l3rocc_studio.render.ground import Ground
from l3rocc_studio.render.overlay import Veil
from l3rocc_studio.render.point_painter import paint_points
from l3rocc_studio.render.surface_painter import paint_surface
from l3rocc_studio.render.world_parts import WorldPart
from l3rocc_studio.render.world_scene import WorldScene
from l3rocc_studio.render.world_voxel_layer import EDGE_STRENGTH

CUBES_OPACITY, CUBES_REACH_SHARE = 0.2, 0.12
"""So that the colours of what is occupied shine through, and how far before them cubes may be, in scene radii."""
SHADOW_SHARE = 0.07
"""How far things darken each other, as a share of the scene's size."""
STILL_STEP, MOVING_STEP = 2, 3
"""Distance of the pixels that shadows are worked out at, where the picture is kept and where it is made each time."""


class StillPicture:
    """Cloud and cubes as the camera of a film sees them, shaded and smoothed.

    A camera that stands has the cloud drawn once, and laid under the cubes whenever there are more of them.

    Parameters
    ----------
    scene, view
        What is drawn, and where.
    is_kept
        Whether the camera stands.
    has_shading
        Whether hollows and edges are dark.
    """

    def __init__(self, scene: WorldScene, view: DepthView, *, is_kept: bool, has_shading: bool) -> None:
        self._scene, self._view, self._is_kept, self._has_shading = scene, view, is_kept, has_shading
        # To get as much memory for each picture would take longer than to fill it.
        self._picture = view.blank()
        self._kept: dict[WorldPart, tuple[Hashable, DepthPicture]] = {}
        self._finished: tuple[Hashable, Ground] | None = None

    def draw(self) -> Ground:
        """The picture, with no part over it; another ground, in the same memory, when it is another picture."""
        key = self._scene.still_key(WorldPart.STILL)
        if self._finished is None or self._finished[0] != key:
            self._finished = (key, Ground(self._draw_anew()))
        ground = self._finished[1]
        ground.take_off()
        return ground

    def _draw_anew(self) -> DepthPicture:
        if self._is_kept:
            picture = self._picture
            picture.take(self._draw_kept(WorldPart.CLOUD))
        else:
            picture = self._draw_now(WorldPart.CLOUD)
        frame = self._scene.scene_frame
        radius = 0.0 if frame is None else frame.radius
        if self._scene.has_voxels:
            self._lay_cubes(picture, Veil(opacity=CUBES_OPACITY, reach=CUBES_REACH_SHARE * radius))
        step = STILL_STEP if self._is_kept else MOVING_STEP
        shading = Shading(lens=self._view.lens(), radius=SHADOW_SHARE * radius, step=step)
        picture.finish(shading if self._has_shading else None)
        return picture

    def _lay_cubes(self, picture: DepthPicture, veil: Veil) -> None:
        if not self._is_paintable():
            picture.lay_veil(self._draw_now(WorldPart.CUBES), veil)
            return
        surface = self._scene.shown_voxels()
        if surface is not None:
            eye = self._view.eye(self._view.lens().near)
            paint_surface(surface, eye, EDGE_STRENGTH, picture.color, picture.distances, veil)

    def _draw_kept(self, part: WorldPart) -> DepthPicture:
        key = self._scene.still_key(part)
        kept = self._kept.get(part)
        if kept is None or kept[0] != key:
            kept = (key, self._draw_now(part).copy())
            self._kept[part] = kept
        return kept[1]

    def _draw_now(self, part: WorldPart) -> DepthPicture:
        """A part, until the next is drawn; by the graphics library, or painted where that is quicker."""
        if part is not WorldPart.CLOUD or not self._is_paintable():
            with self._scene.only(part):
                return self._view.draw_with_depth()
        self._picture.take(self._draw_kept(WorldPart.AROUND))
        points, lens = self._scene.shown_points(), self._view.lens()
        if points is not None:
            paint_points(points, self._view.eye(lens.near), lens, self._picture.color, self._picture.distances)
        return self._picture

    def _is_paintable(self) -> bool:
        """Whether points and cubes need no graphics library; a parallel view does."""
        return self._scene.camera_pose().parallel_scale is None
