"""The occupancy panel: what the current camera sees occupied, in its own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render import camera_rig, colormaps
from l3rocc_studio.render.colormaps import Background, DepthPalette
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.trajectory_layer import frustum_strokes, lit_actor
from l3rocc_studio.render.tube_mesh import segments
from l3rocc_studio.render.voxel_layer import VoxelLayer
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

FACE_SHADE = np.array([0.86, 0.86, 1.0, 0.70, 0.94, 0.80], dtype=np.float32)
"""Brightness of the faces -x, +x, -y, +y, -z, +z: light from above (-y) and from the viewer's side (-z)."""
STROKE_SHARE = 0.0011
HISTORY_FADE = 0.62
"""How far the colour of a remembered voxel goes towards the background."""
COARSE_VOXELS = 8_000


class OccupancyScene(Scene):
    """Shows the egocentric occupancy of one frame of a run, and what earlier frames saw of the same space."""

    def __init__(self) -> None:
        super().__init__()
        self._voxels = VoxelLayer(self.renderer)
        self._palette: DepthPalette = colormaps.MORANDI
        self._outline: vtkActor | None = None
        self._glyph: vtkActor | None = None
        self._run: Run | None = None
        self._frame_idx = 0
        self._has_history = True
        self._detail = Detail.FULL
        self._shown: tuple[object, ...] = ()

    def set_run(self, run: Run | None) -> None:
        """Show another run from behind its camera, or nothing."""
        for actor in (self._outline, self._glyph):
            if actor is not None:
                self.renderer.RemoveActor(actor)
        self._outline = self._glyph = None
        self._run, self._frame_idx, self._shown = run, 0, ()
        self._voxels.set_mesh(None)
        if run is None:
            return
        size = float(np.ptp(camera_rig.box_corners(run.occupancy.grid), axis=0).max())
        self._outline = lit_actor(box_outline(run.occupancy.grid, STROKE_SHARE * size), self.background.line)
        self._outline.GetProperty().LightingOff()
        self._glyph = lit_actor(frustum_strokes(run.intrinsics, 0.07 * size, 1.8 * STROKE_SHARE * size), colormaps.HEAD)
        self.renderer.AddActor(self._outline)
        self.renderer.AddActor(self._glyph)
        self.fit()
        self.show_frame(0)

    def show_frame(self, frame_idx: int) -> None:
        """Show one frame; the mesh is rebuilt only if something in it changed."""
        self._frame_idx = frame_idx
        wanted = (frame_idx, self._has_history, self._detail, self._palette, self.background)
        if self._run is None or wanted == self._shown:
            return
        self._voxels.set_mesh(self._build_mesh(self._run, frame_idx))
        self._shown = wanted

    def fit(self) -> None:
        """Look from behind the recording camera, the grid's box filling the picture."""
        if self._run is not None:
            self.set_camera_pose(camera_rig.behind_camera(self._run.occupancy.grid, aspect=self.aspect))

    def set_history_visible(self, *, is_visible: bool) -> None:
        """Show or hide what earlier frames saw."""
        self._has_history = is_visible
        self.show_frame(self._frame_idx)

    def set_palette(self, palette: DepthPalette) -> None:
        """Change the colours from near to far."""
        self._palette = palette
        self.show_frame(self._frame_idx)

    def set_detail(self, detail: Detail) -> None:
        """Coarse (a share of the voxels, no history) while something moves, full at rest."""
        self._detail = detail
        self.show_frame(self._frame_idx)

    def set_background(self, background: Background) -> None:
        """Change the background and the colours that fade into it."""
        super().set_background(background)
        if not hasattr(self, "_shown"):
            return
        if self._outline is not None:
            self._outline.GetProperty().SetColor(*background.line)
        self.show_frame(self._frame_idx)

    def _build_mesh(self, run: Run, frame_idx: int) -> VoxelMesh:
        grid = run.occupancy.grid
        now = run.occupancy.occupied_indices(frame_idx)
        past = np.zeros(0, dtype=np.int32)
        if self._has_history and self._detail is Detail.FULL and run.config.history_len:
            remembered = run.occupancy.history(frame_idx, run.config.history_len, run.config.history_step)
            past = np.setdiff1d(remembered, now, assume_unique=True)
        near = self._palette.table(grid.shape[2])
        backdrop = (np.asarray(self.background.bottom) + np.asarray(self.background.top)) / 2
        faded = near + HISTORY_FADE * (backdrop.astype(np.float32) - near)
        return build_voxel_mesh(
            np.concatenate([now, past]),
            grid.shape,
            origin=grid.origin,
            voxel_size=grid.voxel_size,
            palettes=np.stack([near, faded]),
            layer_axis=2,
            face_shade=FACE_SHADE,
            groups=np.repeat(np.array([0, 1], dtype=np.uint8), [len(now), len(past)]),
        )


def box_outline(grid: GridSpec, radius: float) -> vtkPolyData:
    """The twelve edges of the grid's box as strokes."""
    corners = camera_rig.box_corners(grid)
    pairs = [(a, b) for a in range(8) for b in range(a + 1, 8) if (a ^ b) in (1, 2, 4)]
    return segments(corners[np.array(pairs)], radius)
