"""Marks in a scene: balls of one size on the screen, outlined voxels, lines with their length."""

from __future__ import annotations

from itertools import product

import numpy as np
import vtkmodules.vtkRenderingFreeType  # noqa: F401  registers the fonts with VTK's factory
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkCoordinate, vtkPolyDataMapper, vtkProp, vtkRenderer, vtkTextActor

from l3rocc_studio.model.marks3d import MarkLine, SceneMarks
from l3rocc_studio.model.view import Vector
from l3rocc_studio.render.colormaps import Rgb, rgb_from_hex
from l3rocc_studio.render.point_style import USUAL_HEIGHT_PX
from l3rocc_studio.render.stroke_mesh import flat_actor, line_actor, segments

MARK_COLOR: Rgb = rgb_from_hex("#ffd43b")
LINE_COLOR: Rgb = rgb_from_hex("#4fc3b0")
TEXT_COLOR: Rgb = rgb_from_hex("#ffffff")
TEXT_BACK: Rgb = rgb_from_hex("#14171d")
BALL_PX = 5.0
"""Radius of a ball, in pixels of a picture of the usual height."""
FONT_SHARE = 0.02
"""Height of the font as a share of the picture's."""
LEAST_FONT_PX = 11
LINE_WIDTH_PX = 2.0
OUTLINE_GROWTH = 1.06
TEXT_RISE_PX = 12.0
"""How far a text stands above its line."""
_OUTLINE_RADIUS = 0.025
_NEAREST = -1e6
"""Units of depth by which marks are brought forward."""


class MarkLayer:
    """Draws :class:`SceneMarks`.

    Parameters
    ----------
    renderer
        The renderer to draw into.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._marks = SceneMarks()
        self._balls: list[tuple[vtkActor, Vector]] = []
        self._others: list[vtkActor] = []
        self._lines: list[tuple[vtkActor, bool]] = []
        self._texts: list[vtkTextActor] = []

    @property
    def marks(self) -> SceneMarks:
        """What is marked."""
        return self._marks

    def actors(self) -> list[vtkProp]:
        """Everything that the layer draws."""
        return [
            *(actor for actor, _ in self._balls),
            *self._others,
            *(actor for actor, _ in self._lines),
            *self._texts,
        ]

    def set_marks(self, marks: SceneMarks) -> None:
        """Mark other places."""
        if marks == self._marks:
            return
        for actor in self.actors():
            self._renderer.RemoveViewProp(actor)
        self._marks = marks
        ends = [(end, line.is_chosen) for line in marks.lines for end in (line.first, line.second)]
        self._balls = [(_ball(place, MARK_COLOR), place) for place in marks.balls]
        self._balls += [(_ball(place, MARK_COLOR if is_chosen else LINE_COLOR), place) for place, is_chosen in ends]
        self._others = [_outline(centre, size) for centre, size in marks.cubes]
        self._lines = [(_line(line), line.is_chosen) for line in marks.lines]
        self._texts = [_text(line) for line in marks.lines]
        for actor in self.actors():
            self._renderer.AddViewProp(actor)

    def update_view(self, px_per_unit: float) -> None:
        """Keep balls, lines and texts at one size in the picture; called before each drawing."""
        if not self._balls and not self._texts:
            return
        height_px = self._renderer.GetSize()[1]
        camera = self._renderer.GetActiveCamera()
        eye, ahead = np.array(camera.GetPosition()), np.array(camera.GetDirectionOfProjection())
        growth = max(1.0, height_px / USUAL_HEIGHT_PX)
        for actor, place in self._balls:
            away = 1.0 if camera.GetParallelProjection() else max(float((np.array(place) - eye) @ ahead), 1e-9)
            actor.SetScale(BALL_PX * growth * away / max(px_per_unit, 1e-9))
        for actor, is_chosen in self._lines:
            actor.GetProperty().SetLineWidth((1.5 if is_chosen else 1.0) * LINE_WIDTH_PX * growth)
        for text in self._texts:
            text.GetTextProperty().SetFontSize(max(LEAST_FONT_PX, round(FONT_SHARE * height_px)))


def _in_front(actor: vtkActor) -> vtkActor:
    """Nothing hides a mark: its depths are counted as the nearest there are."""
    mapper = actor.GetMapper()
    mapper.SetResolveCoincidentTopologyToPolygonOffset()
    mapper.SetRelativeCoincidentTopologyPolygonOffsetParameters(0.0, _NEAREST)
    mapper.SetRelativeCoincidentTopologyLineOffsetParameters(0.0, _NEAREST)
    return actor


def _ball(place: Vector, color: Rgb) -> vtkActor:
    source = vtkSphereSource()
    source.SetRadius(1.0)
    source.SetThetaResolution(16)
    source.SetPhiResolution(12)
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.PickableOff()
    look = actor.GetProperty()
    look.SetColor(*color)
    look.SetAmbient(0.6)
    look.SetDiffuse(0.45)
    actor.SetPosition(*place)
    return _in_front(actor)


def _outline(centre: Vector, size: float) -> vtkActor:
    """The edges of a voxel as strokes, a little larger than it, so that its faces do not hide them."""
    half = OUTLINE_GROWTH * size / 2
    corners = np.array(centre) + half * np.array(list(product((-1, 1), repeat=3)))
    pairs = [(a, b) for a in range(8) for b in range(a) if bin(a ^ b).count("1") == 1]
    return _in_front(flat_actor(segments(corners[np.array(pairs)], _OUTLINE_RADIUS * size), MARK_COLOR))


def _line(line: MarkLine) -> vtkActor:
    ends = np.array([line.first, line.second], dtype=np.float32)
    actor, _ = line_actor(ends, np.array([[0, 1]]))
    actor.GetProperty().SetColor(*(MARK_COLOR if line.is_chosen else LINE_COLOR))
    return _in_front(actor)


def _text(line: MarkLine) -> vtkTextActor:
    actor = vtkTextActor()
    actor.SetInput(f" {line.text} ")
    actor.PickableOff()
    middle = vtkCoordinate()
    middle.SetCoordinateSystemToWorld()
    middle.SetValue(*((np.array(line.first) + np.array(line.second)) / 2))
    place = actor.GetPositionCoordinate()
    place.SetReferenceCoordinate(middle)
    place.SetCoordinateSystemToViewport()
    place.SetValue(0.0, TEXT_RISE_PX, 0.0)
    look = actor.GetTextProperty()
    look.SetFontFamilyToArial()
    look.BoldOn()
    look.SetJustificationToCentered()
    look.SetVerticalJustificationToBottom()
    look.SetColor(*(MARK_COLOR if line.is_chosen else TEXT_COLOR))
    look.SetBackgroundColor(*TEXT_BACK)
    look.SetBackgroundOpacity(0.72)
    return actor
