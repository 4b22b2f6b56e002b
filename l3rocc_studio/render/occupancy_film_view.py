"""The occupancy panel of a film."""

from __future__ import annotations

from l3rocc_engine.run import Run
from l3rocc_studio.model.film_spec import Backdrop, FilmSpec
from l3rocc_studio.model.looks import VoxelShape
from l3rocc_studio.render.depth_picture import DepthView, make_greys_translucent, with_plain_opacity
from l3rocc_studio.render.depth_shading import Depths, Shading
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.film_layout import PanelBox
from l3rocc_studio.render.film_view import Drawn, Picture
from l3rocc_studio.render.finishing import finish_part, finish_picture
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.pixel_box import NOWHERE, PixelBox
from l3rocc_studio.render.still_picture import MOVING_STEP, SHADOW_SHARE
from l3rocc_studio.render.surface_painter import paint_surface
from l3rocc_studio.render.voxel_surface import surface_of

VOXEL_CONTRAST = 40
"""Least difference in brightness of an edge worth smoothing: the lines between voxels are soft already."""
NEAR_SHARE = 1e-3
"""Voxels nearer to the eye than this share of the depth that is shown are not drawn."""
PART_MARGIN_PX = 8
"""How far around voxels the picture of the occupancy may be another one than without them."""
PART_STEP_PX = 4 * MOVING_STEP
"""Where a part may begin so that the pattern of its shadows is that of the whole picture."""


class OccupancyFilmView:
    """The egocentric occupancy, from behind the recording camera or from a saved view.

    The camera stands, so that what is around the voxels is drawn and finished once, and each frame only the part of the
    picture where voxels are.
    """

    def __init__(self, scene: OccupancyScene, run: Run, box: PanelBox, spec: FilmSpec) -> None:
        self._scene, self._run, self._look = scene, run, spec.look
        self._view = DepthView(
            scene, box.width_px, box.height_px, is_clear=spec.layout.backdrop is Backdrop.TRANSPARENT
        )
        scene.fit()
        if spec.camera.occupancy_view is not None:
            scene.set_camera_pose(spec.camera.occupancy_view)
        self._around: _Around | None = None
        self._drawn, self._drawn_before = Drawn(), Drawn()

    def draw(self, frame_idx: int, picture: Picture) -> Picture:
        """The occupancy of a frame."""
        del picture
        if self._around is None and not self._is_paintable():
            self._drawn_before, self._drawn = self._drawn, Drawn()
            self._scene.show_frame(frame_idx, self._scene.prepare_frame(frame_idx, self._scene.style(Detail.FULL)))
            color, distances = self._draw_shown()
            finish_picture(color, distances, self._shading(), VOXEL_CONTRAST)
            return with_plain_opacity(color)
        if self._around is None:
            self._scene.show_nothing(frame_idx)
            color, distances = self._draw_shown()
            make_greys_translucent(color)
            eye = self._view.eye(NEAR_SHARE * self._scene.depth_span[1])
            self._around = _Around(color, distances, eye, self._shading())
        return self._paint(self._around, frame_idx)

    @property
    def changed(self) -> PixelBox | None:
        """Where the last picture may differ from the one drawn before it; None for anywhere."""
        return self._drawn.changed_since(self._drawn_before)

    def _is_paintable(self) -> bool:
        """Whether solid voxels are all there is: what is translucent or a cube of its own needs the scene."""
        look, is_parallel = self._scene.look, self._scene.camera_pose().parallel_scale is not None
        return look.shape is not VoxelShape.CUBES and not look.hidden_layers and not is_parallel

    def _draw_shown(self) -> tuple[Picture, Depths]:
        self._scene.set_smooth(is_smooth=False)
        drawn = self._view.draw_with_depth()
        return drawn.color, drawn.distances

    def _shading(self) -> Shading | None:
        if not self._look.has_shading:
            return None
        return Shading(lens=self._view.lens(), radius=SHADOW_SHARE * self._scene.depth_span[1], step=MOVING_STEP)

    def _paint(self, around: _Around, frame_idx: int) -> Picture:
        surface = surface_of(self._run, frame_idx, self._scene.style(Detail.FULL))
        drawn = paint_surface(surface, around.eye, self._scene.look.edge_strength, around.color, around.distances)
        height, width = around.distances.shape
        box = None if drawn is None else drawn.grown(PART_MARGIN_PX, PART_STEP_PX, (width, height))
        self._drawn_before, self._drawn = self._drawn, Drawn(around, box)
        return around.finish(drawn or NOWHERE, box or NOWHERE)

    def close(self) -> None:
        """Free the scene and its window."""
        self._view.close()
        self._scene.close()


class _Around:
    """What the voxels of each frame stand in, and are drawn on.

    Parameters
    ----------
    color, distances
        The picture without voxels.
    eye, shading
        Where it is seen from, and how it is finished.

    Attributes
    ----------
    color, distances
        The picture to draw on; it is clean again when what was drawn has been finished.
    eye
        Where it is seen from.
    """

    def __init__(self, color: Picture, distances: Depths, eye: Eye, shading: Shading | None) -> None:
        self.color, self.distances, self.eye, self._shading = color, distances, eye, shading
        self._clean, self._ground = (color.copy(), distances.copy()), color.copy()
        finish_picture(self._ground, distances, shading, VOXEL_CONTRAST)
        self._finished, self._part = self._ground.copy(), NOWHERE
        self._shown = with_plain_opacity(self._finished)

    def finish(self, drawn: PixelBox, box: PixelBox) -> Picture:
        """The finished picture with a part in which something was drawn, until the next is finished."""
        bare = self._part.outside(box)
        for part in bare:
            self._finished[part.rows, part.columns] = self._ground[part.rows, part.columns]
        finish_part(self.color, self.distances, box, self._shading, VOXEL_CONTRAST, self._finished)
        at, self._part = (drawn.rows, drawn.columns), box
        self.color[at], self.distances[at] = self._clean[0][at], self._clean[1][at]
        if self._shown is not self._finished:
            for part in (*bare, box):
                at = (part.rows, part.columns)
                self._shown[at] = with_plain_opacity(self._finished[at])
        return self._shown
