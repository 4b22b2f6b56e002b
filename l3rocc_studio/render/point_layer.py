"""The coloured cloud: prebuilt in chunks by the frame that first saw a point, at two levels of detail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_studio.render import polydata
from l3rocc_studio.render.detail import Detail

MAX_CHUNKS = 32
GL_PROGRAM_POINT_SIZE = 0x8642
COARSE_POINTS = 30_000
MIN_SPLAT_PX, MAX_SPLAT_PX = 1.5, 20.0

_SPLAT_SIZE = (
    "//VTK::PositionVC::Impl\n"
    f"  gl_PointSize = clamp(splatPx / gl_Position.w, {MIN_SPLAT_PX:.1f}, {MAX_SPLAT_PX:.1f});\n"
)


class _Level:
    """One level of detail: an actor a chunk."""

    def __init__(self, cloud: PointCloud, rows: NDArray[np.int64], chunk_ends: NDArray[np.int64], splat: float) -> None:
        self.splat = splat
        self.actors: list[vtkActor] = []
        start = 0
        for end in np.searchsorted(cloud.first_frame[rows], chunk_ends):
            self.actors.append(_chunk_actor(cloud, rows[start:end]))
            start = end

    def set_splat_px(self, splat_px: float) -> None:
        for actor in self.actors:
            actor.GetShaderProperty().GetVertexCustomUniforms().SetUniformf("splatPx", splat_px)


def _chunk_actor(cloud: PointCloud, rows: NDArray[np.int64]) -> vtkActor:
    data = vtkPolyData()
    polydata.set_points(data, cloud.points_world[rows])
    polydata.set_colors(data, polydata.rgba(cloud.colors[rows]))
    data.SetVerts(polydata.cells(np.arange(len(rows), dtype=np.int32), 1))
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.StaticOn()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    actor.GetProperty().SetPointSize(2.0)
    actor.PickableOff()
    shader = actor.GetShaderProperty()
    shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _SPLAT_SIZE, False)
    shader.GetVertexCustomUniforms().SetUniformf("splatPx", 2.0)
    return actor


class PointLayer:
    """Draws a cloud whose points have a size in the world, so that surfaces close when one comes near.

    Parameters
    ----------
    renderer
        The renderer to draw into; the layer adds and removes its own actors.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._levels: dict[Detail, _Level] = {}
        self._chunk_starts = np.zeros(0, dtype=np.int64)
        self._detail = Detail.FULL
        self._until_frame: int | None = None
        self._is_visible = True

    def set_cloud(self, cloud: PointCloud, *, spacing: float) -> None:
        """Show another cloud.

        Parameters
        ----------
        cloud
            Any order of points.
        spacing
            Usual distance between neighbouring points, in units of the cloud: the diameter of a drawn point.
        """
        self.clear()
        if cloud.num_points == 0:
            return
        order = np.argsort(cloud.first_frame, kind="stable")
        frames = np.unique(cloud.first_frame)
        self._chunk_starts = frames[:: -(-len(frames) // MAX_CHUNKS)].astype(np.int64)
        ends = np.append(self._chunk_starts[1:], np.iinfo(np.int32).max)
        keep = np.sort(np.random.default_rng(0).permutation(len(order))[:COARSE_POINTS])
        # A surface keeps its look when fewer points grow by the square root of what was left out.
        growth = float(np.sqrt(len(order) / len(keep)))
        self._levels = {
            Detail.FULL: _Level(cloud, order, ends, spacing),
            Detail.COARSE: _Level(cloud, order[keep], ends, spacing * min(growth, 3.0)),
        }
        for level in self._levels.values():
            for actor in level.actors:
                self._renderer.AddActor(actor)
        self._update_visibility()

    def clear(self) -> None:
        """Show nothing."""
        for level in self._levels.values():
            for actor in level.actors:
                self._renderer.RemoveActor(actor)
        self._levels = {}

    def set_detail(self, detail: Detail) -> None:
        """Switch the level of detail; nothing is rebuilt."""
        self._detail = detail
        self._update_visibility()

    def show_until(self, frame_idx: int | None) -> None:
        """Show what was first seen up to a frame, to the chunk; None shows all."""
        self._until_frame = frame_idx
        self._update_visibility()

    def set_visible(self, is_visible: bool) -> None:
        """Show or hide the layer."""
        self._is_visible = is_visible
        self._update_visibility()

    def update_splats(self, px_per_unit: float) -> None:
        """Adapt point sizes to the view, before each drawing.

        Parameters
        ----------
        px_per_unit
            Height in pixels of one unit at distance one.
        """
        # VTK leaves the point size to its own state; ours comes from the shader.
        self._renderer.GetRenderWindow().GetState().vtkglEnable(GL_PROGRAM_POINT_SIZE)
        level = self._levels.get(self._detail)
        if level is not None:
            level.set_splat_px(level.splat * px_per_unit)

    def _update_visibility(self) -> None:
        for detail, level in self._levels.items():
            is_shown = self._is_visible and detail is self._detail
            for start, actor in zip(self._chunk_starts, level.actors, strict=True):
                actor.SetVisibility(bool(is_shown and (self._until_frame is None or start <= self._until_frame)))
