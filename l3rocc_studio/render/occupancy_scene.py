"""The occupancy panel: what the current camera sees occupied, in its own frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render import camera_rig, colormaps
from l3rocc_studio.render.colormaps import Background, DepthPalette
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.grid_box import GridBox
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.stroke_mesh import lit_actor
from l3rocc_studio.render.trajectory_layer import frustum_strokes
from l3rocc_studio.render.voxel_layer import VoxelLayer
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh, touching

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run

FACE_SHADE = np.array([0.84, 0.84, 1.0, 0.66, 0.92, 0.78], dtype=np.float32)
"""Brightness of the faces -x, +x, -y, +y, -z, +z: light from above (-y) and from the viewer's side (-z)."""
HISTORY_FADE, HISTORY_FADE_ON_DARK = 0.6, 0.5
"""How far the colour of a remembered voxel goes towards the background."""
SAMPLED_FRAMES = 12
NO_CAMERA = Intrinsics(fx_px=3.0, fy_px=3.0, cx_px=2.0, cy_px=1.5, width_px=4, height_px=3)
"""A camera to draw when there is none."""
GLYPH_SHARE, GLYPH_STROKE_SHARE = 0.06, 0.0018
"""Size and stroke of the camera, as shares of what the picture shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The part of the grid that a run really fills, without the rare outermost voxels.

    Attributes
    ----------
    low, high
        (3,) corners in the camera frame.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def size(self) -> float:
        """Longest edge."""
        return float((self.high - self.low).max())


def measure_extent(occupancy: OccupancySequence) -> Extent:
    """Look at some frames spread over what there is of the sequence; the whole grid if they are empty."""
    grid, num_ready = occupancy.grid, occupancy.num_ready
    if not num_ready:
        return _whole(grid)
    frames = np.unique(np.linspace(0, num_ready - 1, SAMPLED_FRAMES).astype(int))
    seen = np.concatenate([occupancy.occupied_indices(int(frame_idx)) for frame_idx in frames])
    if len(seen) == 0:
        return _whole(grid)
    low, high = np.quantile(grid.centres(seen).astype(np.float64), (0.01, 0.99), axis=0)
    return Extent(low=low - grid.voxel_size, high=high + grid.voxel_size)


def _whole(grid: GridSpec) -> Extent:
    return Extent(low=np.array(grid.pc_range[:3]), high=np.array(grid.pc_range[3:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedFrame:
    """A frame made ready for the occupancy scene; see :meth:`OccupancyScene.prepare_frame`.

    Attributes
    ----------
    frame_idx, detail
        What it shows.
    mesh
        Its voxels.
    look
        The settings that it was made for; with others it is stale and made again.
    """

    frame_idx: int
    detail: Detail
    mesh: VoxelMesh
    look: tuple[object, ...]


class OccupancyScene(Scene):
    """Shows the egocentric occupancy of one frame of a run, and what earlier frames saw and this one does not.

    Remembered voxels that touch one seen now are left out of the picture, being the same surface.

    Parameters
    ----------
    builds_meshes
        Whether the scene makes meshes itself where it is given none. A window, whose thread must not be kept busy, says
        no: the voxels then stay as they are until it brings the ones from :meth:`prepare_frame`.
    """

    def __init__(self, *, builds_meshes: bool = True) -> None:
        super().__init__()
        self._builds_meshes = builds_meshes
        self._voxels = VoxelLayer(self.renderer)
        self._palette: DepthPalette = colormaps.MORANDI
        self._box: GridBox | None = None
        self._glyph: vtkActor | None = None
        self._run: Run | GrowingRun | None = None
        self._extent = _whole(GridSpec())
        self._frame_idx = 0
        self._has_history = True
        self._detail = Detail.FULL
        self._shown: tuple[object, ...] = ()
        self._view = ViewKind.BEHIND
        self.set_run(None)

    def set_run(self, run: Run | GrowingRun | None, prepared: Extent | None = None) -> None:
        """Show another run from behind its camera, or an empty grid.

        Parameters
        ----------
        run
            What to show; of a run that still grows only frames that are there may be asked for.
        prepared
            From :func:`measure_extent` of the run's occupancy, made in another thread; None does it here and now.
        """
        self._clear()
        self._run = run
        grid, intrinsics = (GridSpec(), NO_CAMERA) if run is None else (run.occupancy.grid, run.intrinsics)
        self._extent = _whole(grid) if run is None else prepared or measure_extent(run.occupancy)
        size = self._extent.size
        self._box = GridBox(self.renderer, grid, self.background)
        strokes = frustum_strokes(intrinsics, GLYPH_SHARE * size, GLYPH_STROKE_SHARE * size)
        self._glyph = lit_actor(strokes, self.background.line if run is None else colormaps.HEAD)
        self.renderer.AddActor(self._glyph)
        self.set_view(ViewKind.BEHIND)
        self.show_frame(0)

    def _clear(self) -> None:
        if self._box is not None:
            self._box.remove()
        if self._glyph is not None:
            self.renderer.RemoveActor(self._glyph)
        self._voxels.set_mesh(None)
        self._frame_idx, self._shown = 0, ()

    def prepare_frame(self, frame_idx: int, detail: Detail) -> PreparedFrame | None:
        """The slow part of :meth:`show_frame`; touches no renderer, so any thread may do it. None without a run."""
        run, look = self._run, self._look(detail)
        if run is None:
            return None
        return PreparedFrame(
            frame_idx=frame_idx, detail=detail, mesh=self._build_mesh(run, frame_idx, detail), look=look
        )

    def show_frame(self, frame_idx: int, prepared: PreparedFrame | None = None) -> None:
        """Show one frame; the mesh is rebuilt only if something in it changed.

        Parameters
        ----------
        frame_idx
            Which one.
        prepared
            The same frame from :meth:`prepare_frame`, made in another thread, whose detail is taken over; without it,
            or if it is stale, it is made here and now.
        """
        self._frame_idx = frame_idx
        if prepared is not None:
            self._detail = prepared.detail
            self.set_smooth(is_smooth=prepared.detail is Detail.FULL)
        look = self._look(self._detail)
        wanted = (frame_idx, *look)
        if self._run is None or wanted == self._shown:
            return
        if prepared is not None and (prepared.frame_idx, *prepared.look) == wanted:
            self._voxels.set_mesh(prepared.mesh)
        elif not self._builds_meshes:
            return
        else:
            self._voxels.set_mesh(self._build_mesh(self._run, frame_idx, self._detail))
        self._shown = wanted

    def show_nothing(self, frame_idx: int) -> None:
        """Show no voxels, for a frame that is not there yet."""
        self._voxels.set_mesh(None)
        self._frame_idx, self._shown = frame_idx, ()

    def _look(self, detail: Detail) -> tuple[object, ...]:
        """Everything but the frame that a mesh depends on."""
        return (id(self._run), self._has_history, detail, self._palette, self._background)

    @property
    def view(self) -> ViewKind:
        """How the scene is looked at."""
        return self._view

    def set_view(self, kind: ViewKind) -> None:
        """Look from behind, from above, straight ahead or from the side; FREE leaves the camera where it is."""
        self._view = kind
        if kind is not ViewKind.FREE:
            low, high = self._extent.low, self._extent.high
            self.set_camera_pose(camera_rig.box_view(low, high, kind, aspect=self.aspect))

    def fit(self) -> None:
        """Look at what the run fills, from behind the recording camera if the camera was free."""
        self.set_view(ViewKind.BEHIND if self._view is ViewKind.FREE else self._view)

    def set_history_visible(self, *, is_visible: bool) -> None:
        """Show or hide what earlier frames saw."""
        self._has_history = is_visible
        self.show_frame(self._frame_idx)

    def set_palette(self, palette: DepthPalette) -> None:
        """Change the colours from near to far."""
        self._palette = palette
        self.show_frame(self._frame_idx)

    def set_detail(self, detail: Detail) -> None:
        """Coarse (the current frame without history) while something moves, full at rest."""
        self._detail = detail
        self.set_smooth(is_smooth=detail is Detail.FULL)
        self.show_frame(self._frame_idx)

    def set_background(self, background: Background) -> None:
        """Change the background and the colours that fade into it."""
        super().set_background(background)
        if self._box is not None:
            self._box.set_background(background)
        if self._glyph is not None and self._run is None:
            self._glyph.GetProperty().SetColor(*background.line)
        self.show_frame(self._frame_idx)

    def _build_mesh(self, run: Run | GrowingRun, frame_idx: int, detail: Detail) -> VoxelMesh:
        grid = run.occupancy.grid
        now = run.occupancy.occupied_indices(frame_idx)
        past = self._remembered(run, frame_idx, now, detail)
        return build_voxel_mesh(
            np.concatenate([now, past]),
            grid.shape,
            origin=grid.origin,
            voxel_size=grid.voxel_size,
            palettes=self._layer_colors(run),
            layer_axis=2,
            face_shade=FACE_SHADE,
            groups=np.repeat(np.array([0, 1], dtype=np.uint8), [len(now), len(past)]),
        )

    def _remembered(
        self, run: Run | GrowingRun, frame_idx: int, now: NDArray[np.int32], detail: Detail
    ) -> NDArray[np.int32]:
        if not self._has_history or detail is Detail.COARSE or run.config.history_len == 0:
            return np.zeros(0, dtype=np.int32)
        past = run.occupancy.history(frame_idx, run.config.history_len, run.config.history_step)
        # The same surface, seen from elsewhere, falls into neighbouring voxels: drawn too, it would speckle it.
        return past[~touching(past, now, run.occupancy.grid.shape)]

    def _layer_colors(self, run: Run | GrowingRun) -> NDArray[np.float32]:
        """(2, Z, 3) colours of the layers along z: seen now, and remembered."""
        grid, extent = run.occupancy.grid, self._extent
        depth = grid.origin[2] + (np.arange(grid.shape[2]) + 0.5) * grid.voxel_size
        now = self._palette.colors(depth, near=max(0.0, float(extent.low[2])), far=float(extent.high[2]))
        backdrop = (np.asarray(self.background.bottom) + np.asarray(self.background.top)) / 2
        fade = HISTORY_FADE_ON_DARK if self.background.is_dark else HISTORY_FADE
        faded = now + fade * (backdrop.astype(np.float32) - now)
        return np.stack([now, faded])

    def _before_drawing(self) -> None:
        if self._box is not None:
            self._box.face_viewer()
