"""The occupancy panel: what the current camera sees occupied, in its own frame."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkProp

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.model.looks import OccupancyLook
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render import camera_rig, voxel_surface
from l3rocc_studio.render.camera_glyph import CameraGlyph
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.extent import Extent, measure_extent, whole_extent
from l3rocc_studio.render.frame_counts import FrameCounts
from l3rocc_studio.render.frame_voxels import prepare_voxels_of
from l3rocc_studio.render.grid_box import GridBox
from l3rocc_studio.render.prepared_frame import PreparedFrame, key_of, prepare_frame
from l3rocc_studio.render.range_box import RangeBox
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.shown_voxels import ShownVoxels
from l3rocc_studio.render.voxel_canvas import Canvas, Sketch
from l3rocc_studio.render.voxel_style import VoxelStyle, mesh_look

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run


class OccupancyScene(Scene):
    """Shows the egocentric occupancy of one frame of a run, and what earlier frames saw and this one does not.

    Remembered voxels that touch one seen now are left out of the picture, being the same surface.

    Parameters
    ----------
    builds_meshes
        Whether the scene makes meshes itself where it is given none. A window, whose thread must not be kept busy, says
        no: the voxels then stay as they are until it brings the ones from :meth:`prepare_frame`.

    Attributes
    ----------
    canvas
        The view without voxels, drawn by the host, which coarse frames are painted on; None paints none.
    rests_painted
        Whether full frames are painted on it as well; :meth:`add_mesh` brings what another view of them needs.
    """

    def __init__(self, *, builds_meshes: bool = True) -> None:
        super().__init__()
        self._builds_meshes = builds_meshes
        self._voxels = ShownVoxels(self.renderer)
        self.range_box = RangeBox(self.renderer)
        self._look = OccupancyLook()
        self._has_range = False
        self.canvas: Canvas | None = None
        self.rests_painted = False
        self._box: GridBox | None = None
        self._glyph: CameraGlyph | None = None
        self._run: Run | GrowingRun | None = None
        self._extent = whole_extent(GridSpec())
        self._frame_idx = 0
        self._detail = Detail.FULL
        self._shown: Hashable = None
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
        grid, intrinsics = (GridSpec(), None) if run is None else (run.occupancy.grid, run.intrinsics)
        self._extent = whole_extent(grid) if run is None else prepared or measure_extent(run.occupancy)
        self._box = GridBox(self.renderer, grid, self.background)
        self._glyph = CameraGlyph(self.renderer, intrinsics, self._extent.size, self.background)
        self._dress()
        self.set_view(ViewKind.BEHIND)
        self.show_frame(0)

    def _clear(self) -> None:
        if self._box is not None:
            self._box.remove()
        if self._glyph is not None:
            self._glyph.remove()
        self.show_nothing(0)

    def prepare_frame(self, frame_idx: int, style: VoxelStyle) -> PreparedFrame | None:
        """The slow part of :meth:`show_frame`; touches no renderer, so any thread may do it. None without a run."""
        return None if self._run is None else prepare_frame(self._run, frame_idx, style)

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
        style = self.style(self._detail)
        wanted = (frame_idx, key_of(self._run, style))
        if self._run is None or wanted == self._shown:
            return
        grid = self._run.occupancy.grid
        if prepared is not None and (prepared.frame_idx, prepared.made_for) == wanted:
            self._voxels.show(prepared.voxels, grid.voxel_size)
            if prepared.surface is not None and prepared.sketch is not None:
                self._voxels.show_painted(prepared.surface, prepared.sketch)
        elif not self._builds_meshes:
            return
        else:
            self._voxels.show(prepare_voxels_of(self._run, frame_idx, style), grid.voxel_size)
        self._shown = wanted

    def add_mesh(self, prepared: PreparedFrame | None) -> None:
        """Bring the meshes of a frame that is shown painted, made for :attr:`mesh_style`; others are left alone.

        Of None the scene learns that there will be none.
        """
        style = self.mesh_style
        if self._run is None or style is None:
            return
        if prepared is None:
            self._voxels.lacks_mesh = False
        elif (prepared.frame_idx, prepared.made_for) == (self._frame_idx, key_of(self._run, style)):
            self._voxels.add_mesh(prepared.voxels, self._run.occupancy.grid.voxel_size)

    def show_nothing(self, frame_idx: int) -> None:
        """Show no voxels, for a frame that is not there yet."""
        self._voxels.clear()
        self._frame_idx, self._shown = frame_idx, None

    @property
    def detail(self) -> Detail:
        """How much of the frame is shown."""
        return self._detail

    @property
    def sketch(self) -> Sketch | None:
        """The shown frame as a picture, if it was painted on a canvas."""
        return self._voxels.sketch

    @property
    def can_be_sketched(self) -> bool:
        """Whether solid voxels in perspective are all there is to show."""
        is_parallel = bool(self.renderer.GetActiveCamera().GetParallelProjection())
        return self._run is not None and not self._look.hidden_layers and not is_parallel

    def surroundings(self) -> list[vtkProp]:
        """Everything in the scene but voxels."""
        props, voxels = self.renderer.GetViewProps(), {id(actor) for actor in self._voxels.actors}
        everything = [props.GetItemAsObject(i) for i in range(props.GetNumberOfItems())]
        return [prop for prop in everything if id(prop) not in voxels]

    @contextmanager
    def without_voxels(self) -> Iterator[None]:
        """Hide them for a while, and smooth the borders of what is left."""
        is_smooth = bool(self.renderer.GetUseFXAA())
        self.set_smooth(is_smooth=True)
        try:
            with self._voxels.put_away():
                yield
        finally:
            self.set_smooth(is_smooth=is_smooth)

    @property
    def counts(self) -> FrameCounts | None:
        """Voxels of the shown frame by what is known of them."""
        return self._voxels.counts

    def style(self, detail: Detail) -> VoxelStyle:
        """What frames must be prepared for to be shown now, in a detail."""
        return VoxelStyle(
            look=mesh_look(self._look),
            detail=detail,
            depth_span=self.depth_span,
            height_span=self.height_span,
            background=self._background,
            canvas=self.canvas if detail is Detail.COARSE or self.rests_painted else None,
        )

    @property
    def has_many_voxels(self) -> bool:
        """Whether a graphics library in software takes long for a frame of this run."""
        return self._extent.most_voxels > voxel_surface.COARSE_VOXELS

    @property
    def mesh_style(self) -> VoxelStyle | None:
        """What the shown frame is to be prepared for so that it can be seen from elsewhere too; None if it can."""
        is_at_rest = self._detail is Detail.FULL and self._voxels.lacks_mesh
        return replace(self.style(Detail.FULL), canvas=None) if is_at_rest else None

    @property
    def depth_span(self) -> tuple[float, float]:
        """Ends of the scale of depths, in units of the run."""
        return max(0.0, float(self._extent.low[2])), float(self._extent.high[2])

    @property
    def height_span(self) -> tuple[float, float]:
        """Ends of the scale of heights over the camera, in units of the run."""
        return -float(self._extent.high[1]), -float(self._extent.low[1])

    @property
    def view(self) -> ViewKind:
        """How the scene is looked at."""
        return self._view

    def set_view(self, kind: ViewKind) -> None:
        """Look from behind, from above, straight ahead or from the side; FREE leaves the camera where it is."""
        self._view = kind
        if kind is not ViewKind.FREE:
            low, high = self._framed()
            self.set_camera_pose(camera_rig.box_view(low, high, kind, aspect=self.aspect))

    def _framed(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Corners of what a view shows: what the run fills, or all of the range while it has handles."""
        if self.range_box.is_visible:
            low, high = np.reshape(self.range_box.pc_range, (2, 3))
            return low, high
        return self._extent.low, self._extent.high

    def fit(self) -> None:
        """Look at what the run fills, from behind the recording camera if the camera was free."""
        self.set_view(ViewKind.BEHIND if self._view is ViewKind.FREE else self._view)

    @property
    def look(self) -> OccupancyLook:
        """How the run is shown."""
        return self._look

    def set_look(self, look: OccupancyLook) -> None:
        """Show the run in another way; its backdrop is left to the host, who knows the theme.

        A scene that builds no meshes shows other voxels with the next prepared frame.
        """
        self._look = look
        self._dress()
        self.show_frame(self._frame_idx)

    def set_range_visible(self, *, is_visible: bool) -> None:
        """Show or hide the box of the next run's range, with its handles, all of it in the picture."""
        was_visible, self._has_range = self.range_box.is_visible, is_visible
        self._dress()
        if self.range_box.is_visible != was_visible and self._view is not ViewKind.FREE:
            self.set_view(self._view)

    def _dress(self) -> None:
        """Everything of the look that no mesh depends on."""
        look = self._look
        self._voxels.dress(look)
        if self._box is not None:
            self._box.set_visible(is_visible=look.has_box)
        if self._glyph is not None:
            self._glyph.set_visible(is_visible=look.has_camera)
        self.range_box.set_visible(is_visible=self._run is not None and self._has_range)

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
        if self._glyph is not None:
            self._glyph.set_background(background)
        self.show_frame(self._frame_idx)

    def _on_start(self, caller: object, event: str) -> None:
        self._voxels.bring()
        super()._on_start(caller, event)

    def _before_drawing(self) -> None:
        if self._box is not None:
            self._box.face_viewer()
        self.range_box.update_view(self._px_per_unit())
