"""Marks what is picked and measured in both 3D panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.marks3d import MarkLine, SceneMarks
from l3rocc_studio.model.measurements import length_text
from l3rocc_studio.model.pick import PickedPlace, PickFacts
from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view import Vector, as_vector
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.main_window import MainWindow

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

Cubes = tuple[tuple[Vector, float], ...]


def unit_of(run: Run) -> str:
    """What lengths of a run are in."""
    return "m" if run.scale.is_metric else tr("units")


class Marking:
    """Turns what is known of the world into marks of either panel, whose frames differ."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        self._window = window
        self._session = session

    def show(self, facts: PickFacts | None, first: Vector | None) -> None:
        """Mark the picked place, the first end of a distance under way, and all distances."""
        run, cam_from_world = self._session.run, self._cam_from_world()
        cloud, occupancy = self._window.scene_panels
        marks = SceneMarks() if run is None else self._marks(run, facts, first)
        inside = SceneMarks()
        if run is not None and cam_from_world is not None:
            inside = marks.moved(cam_from_world, cubes=self._egocentric_cube(run, facts))
        for panel, shown in ((cloud, marks), (occupancy, inside)):
            if panel.scene is not None and panel.view is not None and panel.scene.marks.marks != shown:
                panel.scene.marks.set_marks(shown)
                panel.view.request_render()

    def in_panel(self, place: PickedPlace) -> Vector:
        """The place in the frame that its panel shows now."""
        cam_from_world = self._cam_from_world()
        if place.panel is ViewPanel.CLOUD or cam_from_world is None:
            return place.position_world
        return as_vector((cam_from_world @ (*place.position_world, 1.0))[:3])

    def _cam_from_world(self) -> NDArray[np.floating] | None:
        run, frame_idx = self._session.run, self._session.run_frame(self._session.timeline.current)
        return None if run is None or frame_idx is None else np.linalg.inv(run.trajectory.world_from_cam[frame_idx])

    def _marks(self, run: Run, facts: PickFacts | None, first: Vector | None) -> SceneMarks:
        measurements, scale = self._session.measurements, run.scale.sim3
        lines = []
        for index, item in enumerate(measurements.items):
            start, end = item.ends(scale)
            text = length_text(item.length(scale), unit_of(run))
            lines.append(MarkLine(first=start, second=end, text=text, is_chosen=index == measurements.chosen))
        places = (None if facts is None else facts.place.position_world, first)
        balls = tuple(place for place in places if place is not None)
        return SceneMarks(balls=balls, cubes=_world_cube(run, facts), lines=tuple(lines))

    def _egocentric_cube(self, run: Run, facts: PickFacts | None) -> Cubes:
        """The voxel of the shown frame that holds the picked place."""
        frame_idx = self._session.run_frame(self._session.timeline.current)
        if facts is None or facts.grid_xyz is None or facts.place.frame_idx != frame_idx:
            return ()
        grid = run.occupancy.grid
        return ((as_vector(grid.origin + (np.array(facts.grid_xyz) + 0.5) * grid.voxel_size), grid.voxel_size),)


def _world_cube(run: Run, facts: PickFacts | None) -> Cubes:
    """The voxel of the world around the picked place, if some frame saw it occupied."""
    if facts is None or not facts.count:
        return ()
    size = run.world.voxel_size
    return ((as_vector((np.floor(np.array(facts.place.position_world) / size) + 0.5) * size), size),)
