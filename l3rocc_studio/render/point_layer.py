"""The coloured cloud on screen: points with a size in the world, seen through from behind."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from l3rocc_studio.model.view import Vector, as_vector
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.point_levels import PreparedCloud
from l3rocc_studio.render.point_style import (
    ATTRIBUTES,
    MAX_SPLAT_PX,
    VERTEX_COLOR,
    VERTEX_DECLARATION,
    VERTEX_PLACE,
    PointStyle,
    most_splat_px,
)
from l3rocc_studio.render.styled_points import ShownPoints, StyledPoints, style_points

GL_PROGRAM_POINT_SIZE = 0x8642


class PointLayer:
    """Draws a prepared cloud; level of detail and growth only switch actors on and off.

    Parameters
    ----------
    renderer
        The renderer to draw into; the layer adds and removes its own actors.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._cloud: PreparedCloud | None = None
        self._actors: dict[Detail, list[vtkActor]] = {}
        self._detail = Detail.FULL
        self._until_frame: int | None = None
        self._is_visible = True
        self._hides_backs = True
        self._style = PointStyle()
        self._depth_from: tuple[Vector, float] = ((0.0, 0.0, 1.0), 0.0)
        self._styled: tuple[Hashable, StyledPoints] | None = None

    def set_cloud(self, cloud: PreparedCloud | None) -> None:
        """Show another cloud, or nothing."""
        for actors in self._actors.values():
            for actor in actors:
                self._renderer.RemoveActor(actor)
        self._cloud, self._actors = cloud, {}
        if cloud is None:
            return
        self._actors = {
            detail: [_point_actor(chunk) for chunk in level.chunks] for detail, level in cloud.levels.items()
        }
        for actors in self._actors.values():
            for actor in actors:
                self._renderer.AddActor(actor)
        for uniforms in self._uniforms():
            self._style.apply(uniforms)
        self._apply_depth()
        self._update_visibility()

    def set_style(self, style: PointStyle) -> None:
        """Colour, size and filter in another way; only numbers go to the graphics side."""
        if style != self._style:
            self._style = style
            for uniforms in self._uniforms():
                style.apply(uniforms)

    def set_depth_from(self, world_from_cam: NDArray[np.float64]) -> None:
        """Measure depths from a camera, (4, 4) float64."""
        self._depth_from = (as_vector(world_from_cam[:3, 2]), float(world_from_cam[:3, 2] @ world_from_cam[:3, 3]))
        self._apply_depth()

    def set_detail(self, detail: Detail) -> None:
        """Switch the level of detail."""
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

    def set_backs_hidden(self, *, is_hidden: bool) -> None:
        """Whether surfaces vanish when looked at from behind, so that one sees into rooms from outside."""
        self._hides_backs = is_hidden

    def actors(self) -> list[vtkActor]:
        """Everything that the layer draws."""
        return [actor for actors in self._actors.values() for actor in actors]

    def shown_key(self) -> Hashable:
        """Equal as long as the same points are shown in the same way."""
        chunks = tuple(actor.GetVisibility() for actor in self.actors())
        return (id(self._cloud), self._detail, self._hides_backs, self._style, self._depth_from, chunks)

    def shown(self) -> ShownPoints | None:
        """What is shown in full detail, for :func:`.point_painter.paint_points`; None if nothing is."""
        if self._cloud is None or not self._cloud.levels or not self._is_visible:
            return None
        level, key = self._cloud.levels[Detail.FULL], (id(self._cloud), self._style, self._depth_from)
        if self._styled is None or self._styled[0] != key:
            self._styled = (key, style_points(level.chunks, self._style, self._depth_from))
        points, until = self._styled[1], np.inf if self._until_frame is None else self._until_frame
        num_chunks = int(np.count_nonzero(self._cloud.chunk_starts <= until))
        return ShownPoints(
            points=points,
            num_points=int(points.ends[num_chunks - 1]) if num_chunks else 0,
            diameter=level.splat,
            scale=self._style.point_scale,
            hides_backs=self._hides_backs,
        )

    def update_view(self, px_per_unit: float) -> None:
        """Adapt to the view, before each drawing.

        Parameters
        ----------
        px_per_unit
            Height in pixels of one unit at distance one.
        """
        if self._cloud is None or not self._actors:
            return
        # VTK leaves the point size to its own state; ours comes from the shader.
        self._renderer.GetRenderWindow().GetState().vtkglEnable(GL_PROGRAM_POINT_SIZE)
        splat_px = self._cloud.levels[self._detail].splat * px_per_unit
        eye, most_px = self._eye(), most_splat_px(self._renderer.GetSize()[1])
        for actor in self._actors[self._detail]:
            uniforms = actor.GetShaderProperty().GetVertexCustomUniforms()
            uniforms.SetUniformf("splatPx", splat_px)
            uniforms.SetUniformf("mostSplatPx", most_px)
            uniforms.SetUniform3f("eyeWorld", eye)

    def _uniforms(self) -> Iterator[Any]:
        return (actor.GetShaderProperty().GetVertexCustomUniforms() for actor in self.actors())

    def _apply_depth(self) -> None:
        axis, start = self._depth_from
        for uniforms in self._uniforms():
            uniforms.SetUniform3f("depthAxis", axis)
            uniforms.SetUniformf("depthStart", start)

    def _eye(self) -> Vector:
        """Where the eye is; far back for a parallel projection; nowhere if backs are to be shown."""
        if not self._hides_backs:
            return float("nan"), float("nan"), float("nan")
        camera = self._renderer.GetActiveCamera()
        position, direction = np.array(camera.GetPosition()), np.array(camera.GetDirectionOfProjection())
        if camera.GetParallelProjection():
            position = position - 1e6 * camera.GetParallelScale() * direction
        return as_vector(position)

    def _update_visibility(self) -> None:
        if self._cloud is None:
            return
        until = np.inf if self._until_frame is None else self._until_frame
        for detail, actors in self._actors.items():
            is_shown = self._is_visible and detail is self._detail
            for start, actor in zip(self._cloud.chunk_starts, actors, strict=True):
                actor.SetVisibility(bool(is_shown and start <= until))


def _point_actor(data: vtkPolyData) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.StaticOn()
    # The shader compares positions with the eye, so they must reach it unscaled.
    mapper.SetVBOShiftScaleMethod(0)
    for attribute, array in ATTRIBUTES.items():
        mapper.MapDataArrayToVertexAttribute(attribute, array, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    actor.PickableOff()
    shader = actor.GetShaderProperty()
    shader.AddVertexShaderReplacement("//VTK::Normal::Dec", True, VERTEX_DECLARATION, False)
    shader.AddVertexShaderReplacement("//VTK::Color::Impl", True, VERTEX_COLOR, False)
    shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, VERTEX_PLACE, False)
    uniforms = shader.GetVertexCustomUniforms()
    uniforms.SetUniformf("splatPx", 2.0)
    uniforms.SetUniformf("mostSplatPx", MAX_SPLAT_PX)
    uniforms.SetUniform3f("eyeWorld", (0.0, 0.0, 0.0))
    return actor
