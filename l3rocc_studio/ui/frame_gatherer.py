"""Everything that one frame of the window consists of, made off this thread and handed over together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.frame_overlay import OverlayChoice
from l3rocc_studio.ui.frame_part import FramePart
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel
from l3rocc_studio.ui.panels.picture_view import OverlayImage
from l3rocc_studio.ui.panels.rgb_panel import image_from_rgb, overlay_image

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.frame_overlay import FrameOverlay
    from l3rocc_studio.render.prepared_frame import PreparedFrame
    from l3rocc_studio.render.voxel_style import VoxelStyle

_PICTURE_BUDGET_BYTES = 200 * 1024 * 1024
_LEAST_PICTURES = 8
_MESHES, _SKETCHES = 6, 6
_OVERLAYS = 16
_PICTURE, _MESH, _OVERLAY = "picture", "mesh", "overlay"
_NAMES = (_PICTURE, _MESH, _OVERLAY)
_Overlay = tuple["FrameOverlay", OverlayImage]
_Part = FramePart[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredFrame:
    """A frame of the timeline; each thing is None where there is nothing to make it from.

    Attributes
    ----------
    picture, mesh, overlay
        Of the video, of the occupancy panel, and what is laid over the picture; an error in the place of what could not
        be made.
    """

    picture: QImage | L3roccError | None
    mesh: PreparedFrame | L3roccError | None
    overlay: _Overlay | L3roccError | None

    @property
    def errors(self) -> list[L3roccError]:
        """Why something is missing."""
        things = (self.picture, self.mesh, self.overlay)
        return [thing for thing in things if isinstance(thing, L3roccError)]


class FrameGatherer(QObject):
    """Gathers one frame at a time, from the source and the run that are shown.

    Parameters
    ----------
    occupancy
        Whose scene makes meshes, and which knows how much of them there is time for.
    on_gathered
        Called with a frame when all of it is there.
    on_mesh
        Called with the timeline's frame, and the mesh that it also needs or the error in its place.
    """

    def __init__(
        self,
        occupancy: OccupancyPanel,
        on_gathered: Callable[[GatheredFrame], object],
        on_mesh: Callable[[int, Any], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._occupancy, self._on_gathered, self._on_mesh = occupancy, on_gathered, on_mesh
        self._picture_part: FramePart[QImage, None] = FramePart("pictures", self._receive, self)
        # Apart, so that a frame that passes by never waits for the full one of another.
        self._full_part: FramePart[PreparedFrame | None, VoxelStyle] = FramePart("meshes", self._receive, self)
        self._coarse_part: FramePart[PreparedFrame | None, VoxelStyle] = FramePart("sketches", self._receive, self)
        # What a frame that is there needs for another view; nothing waits for it.
        self._later_part: FramePart[PreparedFrame | None, VoxelStyle] = FramePart(
            "later meshes", self._receive_mesh, self
        )
        self._overlay_part: FramePart[_Overlay, OverlayChoice] = FramePart("overlays", self._receive, self)
        self.overlay_choice = OverlayChoice()
        self._first = 0
        self._frame_idx: int | None = None
        self._begun_s = 0.0
        self._asked: dict[_Part, str] = {}
        self._things: dict[str, Any] = {}

    @property
    def first(self) -> int:
        """The timeline's number of the run's first frame."""
        return self._first

    @property
    def is_complete(self) -> bool:
        """Whether all of the frame that was asked for is there."""
        return len(self._things) == len(_NAMES)

    def has_picture(self, frame_idx: int) -> bool:
        """Whether the video has a frame of the timeline."""
        return self._picture_part.has(frame_idx)

    def has_voxels(self, frame_idx: int) -> bool:
        """Whether the run has it."""
        return self._full_part.has(frame_idx)

    def set_source(self, source: FrameSource | None) -> None:
        """Take pictures from another source, or none; it must stay open until the next call."""
        self._picture_part.clear()
        if source is not None:
            width, height = source.size_px
            self._picture_part.make_from(
                lambda frame_idx, _variant: image_from_rgb(source.frame(frame_idx)),
                source.num_frames,
                capacity=max(_LEAST_PICTURES, _PICTURE_BUDGET_BYTES // (width * height * 4)),
            )

    def set_run(self, num_frames: int, first: int) -> None:
        """The 3D panels have another run of so many frames, or none (0); ``first`` is its first on the timeline."""
        for part in (self._full_part, self._coarse_part, self._later_part):
            part.clear()
        self._first = first
        scene = self._occupancy.scene
        if num_frames and scene is not None:
            make = scene.prepare_frame
            self._full_part.make_from(make, num_frames, first=first, capacity=_MESHES, ahead=3, behind=1)
            self._coarse_part.make_from(make, num_frames, first=first, capacity=_SKETCHES, ahead=3, behind=1)
            self._later_part.make_from(make, num_frames, first=first, capacity=1)

    def extend_run(self, num_frames: int) -> None:
        """The run has more frames now."""
        for part in (self._full_part, self._coarse_part, self._later_part):
            part.extend(num_frames)

    def set_overlays(self, run: Run | None) -> None:
        """Overlays of the video come from another run, or there are none."""
        self._overlay_part.clear()
        if run is None:
            return

        def make(frame_idx: int, choice: OverlayChoice) -> _Overlay:
            from l3rocc_studio.render.frame_overlay import prepare_overlay

            overlay = prepare_overlay(run, frame_idx, choice)
            return overlay, overlay_image(overlay)

        self._overlay_part.make_from(make, run.num_frames, first=self._first, capacity=_OVERLAYS, ahead=4, behind=1)

    def make_neighbours(self, *, pictures: bool, rest: bool) -> None:
        """Of what the frames beside the wished one are made while idle; full frames that take long never are."""
        self._picture_part.make_neighbours(is_wanted=pictures)
        self._overlay_part.make_neighbours(is_wanted=rest)
        self._full_part.make_neighbours(is_wanted=rest and not self._occupancy.is_slow)

    def make_neighbours_roughly(self, *, is_wanted: bool) -> None:
        """Whether rough frames beside the wished one are made as well."""
        self._coarse_part.make_neighbours(is_wanted=is_wanted)

    def gather(self, frame_idx: int) -> None:
        """Make all of a frame that the video has, in the detail that there is time for."""
        self._frame_idx = frame_idx
        self._begun_s = time.perf_counter()
        self._things, self._asked = {}, {}
        self._ask(_PICTURE, self._picture_part, lambda: None)
        mesh_part = self._coarse_part if self._occupancy.is_coarse else self._full_part
        self._ask(_MESH, mesh_part, self._occupancy.choose_style)
        overlay_part = None if self.overlay_choice.is_empty else self._overlay_part
        self._ask(_OVERLAY, overlay_part, lambda: self.overlay_choice)

    def gather_mesh(self, frame_idx: int) -> None:
        """Make what a frame that is shown also needs to be seen from elsewhere, if anything."""
        style = self._occupancy.mesh_style
        if style is not None and self._later_part.has(frame_idx):
            self._later_part.request(frame_idx, style)

    def forget(self) -> None:
        """What is still on its way is not wanted any more."""
        self._frame_idx = None
        self._things, self._asked = {}, {}

    def _ask(self, name: str, part: _Part | None, variant: Callable[[], Any]) -> None:
        """Wish for a thing of the frame; it has none where there is nothing to make it from."""
        if part is None or self._frame_idx is None or not part.has(self._frame_idx):
            self._things[name] = None
        else:
            self._asked[part] = name
            part.request(self._frame_idx, variant())

    def _receive(self, part: _Part, frame_idx: int, thing: object) -> None:
        name = self._asked.get(part)
        if frame_idx != self._frame_idx or name is None or name in self._things:
            return
        if part is self._full_part:
            self._occupancy.note_preparation(time.perf_counter() - self._begun_s)
        self._things[name] = thing
        if self.is_complete:
            self._on_gathered(GatheredFrame(**self._things))

    def _receive_mesh(self, _part: _Part, frame_idx: int, thing: Any) -> None:
        self._on_mesh(frame_idx, thing)
