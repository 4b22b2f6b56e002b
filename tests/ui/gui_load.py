"""A scripted tour through the window that notes which events keep the GUI thread busy; run as a program.

Prints one line of JSON: ``[[milliseconds of processor time, event, step of the tour], ...]`` of every event at or over
the limit. Drawing (VTK's, and Qt's composing of the widgets) and Qt's restyling are left out, as is what happens before
the window's start and after its end. Processor time of the one thread is counted, so that a busy machine changes
little.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from l3rocc_studio.model.looks import (
    CloudColor,
    CloudFilter,
    CloudLook,
    HiddenStyle,
    OccupancyLook,
    PanelLooks,
    VoxelShape,
)
from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.services.log_tail import keep_log_tail
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui.panels.gl_format import set_default_format
from l3rocc_studio.ui.picking.feature import Picking
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.theme import Theme
from tests.ui.fake_engine import FakeEngine, write_fake_film

LIMIT_S = 0.016
YARDSTICK_S = 0.013
"""What :func:`slowdown` takes on the machine that the limit was set on, with nothing beside it."""
_PATIENCE_S = 60.0
TIMELINE_TOUR = (
    "mark",
    "next_keyframe",
    "next_keyframe",
    "mark",
    "previous_mark",
    "worst",
    "worst",
    "timeline_zoom_in",
    "timeline_zoom_in",
    "timeline_fit",
    "previous_keyframe",
)
OVERLAY_TOUR = ("overlay_occupancy", "overlay_path", "picture_zoom_in", "picture_actual", "overlay_occupancy")
_DRAWING = (QEvent.Type.UpdateRequest, QEvent.Type.Paint, QEvent.Type.Expose, QEvent.Type.Resize)


def slowdown() -> float:
    """How much slower the processor is just now than the one that the limit was set on, from 1 to at most 1.6.

    Shared processors lose a third of their speed from one second to the next, in processor time as well.
    """
    started_s, table, total = time.thread_time(), dict[int, int](), 0
    for number in range(60_000):
        table[number % 97] = total
        total += len(str(number))
    return min(max((time.thread_time() - started_s) / YARDSTICK_S, 1.0), 1.6)


class WatchedApplication(QApplication):
    """Notes the processor time of each event while it watches."""

    def __init__(self) -> None:
        super().__init__(["gui-load"])
        self.is_watching = False
        self.drawn_s = 0.0
        self.step = ""
        self.slow: list[tuple[float, str, str]] = []
        self._is_in_event = self._is_drawing = False

    def setStyleSheet(self, sheet: str) -> None:  # noqa: N802  (Qt's name)
        """Qt restyles every widget in one go, about 0.1 s, and cannot be asked to do it in parts: left out."""
        with self._leaving_out():
            super().setStyleSheet(sheet)

    @contextmanager
    def _leaving_out(self) -> Iterator[None]:
        """Count what is done as drawing, once: drawing that happens inside it is part of it."""
        was_drawing, self._is_drawing = self._is_drawing, True
        started_s = time.thread_time()
        yield
        self._is_drawing = was_drawing
        if not was_drawing:
            self.drawn_s += time.thread_time() - started_s

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver an event and look at the clock."""
        if self._is_drawing or not self.is_watching:
            return bool(super().notify(receiver, event))
        if event.type() in _DRAWING:
            with self._leaving_out():
                return bool(super().notify(receiver, event))
        if self._is_in_event:
            return bool(super().notify(receiver, event))
        kind, name = event.type().name, type(receiver).__name__
        self._is_in_event, self.drawn_s = True, 0.0
        started_s = time.thread_time()
        result = bool(super().notify(receiver, event))
        busy_s = time.thread_time() - started_s - self.drawn_s
        self._is_in_event = False
        if busy_s >= LIMIT_S and busy_s / slowdown() >= LIMIT_S:
            self.slow.append((round(1000 * busy_s, 1), f"{kind} of {name}", self.step))
        return result


CAMERA_TOUR = (
    "view_top",
    "view_side",
    "occupancy_top",
    "occupancy_behind",
    "save_view",
    "recall_view_1",
    "link_cameras",
    "view_gods_eye",
    "link_cameras",
    "maximise",
    "maximise",
    "undo",
)


def wait(app: QApplication, is_done: Callable[[], bool]) -> None:
    """Handle events until something holds."""
    end_s = time.monotonic() + _PATIENCE_S
    while not is_done():
        if time.monotonic() > end_s:
            raise TimeoutError
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


def tour(app: WatchedApplication, studio: Studio, video: Path) -> None:
    """Open, process, scrub, change views, switch options and looks."""
    timeline, actions = studio.session.timeline, studio.actions

    def do(step: str, act: Callable[[], object]) -> None:
        app.step = step
        # Through an event, so that the act itself is measured as a click would be.
        QApplication.postEvent(Doer(act, studio.window), QEvent(QEvent.Type.User))
        app.processEvents()
        wait(app, lambda: studio.is_settled)

    do("opening", lambda: studio.opener.open(video))
    wait(app, lambda: studio.session.source is not None)
    do("processing", studio.processor.start)
    wait(app, lambda: studio.session.run is not None and studio.is_settled)
    for frame_idx in (5, 11, 3, 8):
        do("seeking", lambda frame_idx=frame_idx: timeline.seek(frame_idx))
    do("beginning to scrub", timeline.begin_scrub)
    for frame_idx in range(10):
        do("scrubbing", lambda frame_idx=frame_idx: timeline.seek(frame_idx))
    do("ending to scrub", timeline.end_scrub)
    track, view = studio.window.timeline_bar.track, studio.window.rgb_panel.view
    for place in range(40, 240, 25):
        do("pointing at the axis", lambda place=place: QTest.mouseMove(track, QPoint(place, 50)))
    for key in (*TIMELINE_TOUR, "set_in", "on_10", "set_out", "process_range"):
        do(key, actions[key].trigger)
    wait(app, lambda: not studio.session.active_jobs and studio.is_settled)
    do("the whole range", actions["clear_range"].trigger)
    for key in OVERLAY_TOUR:
        do(key, actions[key].trigger)
        do("seeking with an overlay", lambda: timeline.step(1))
    for place in range(20, 120, 20):
        do("pointing at the video", lambda place=place: QTest.mouseMove(view, QPoint(place, 60)))
    do("the video's whole picture", actions["picture_fit"].trigger)
    for key in ("view_follow", "view_first_person", "view_gods_eye", "history", "history", "world_voxels", "fit"):
        do(key, actions[key].trigger)
    for step, looks in looks_tour():
        do(step, lambda looks=looks: studio.session.looks.set(looks))
        do("seeking with another look", lambda: timeline.step(-1))
    low_x, *others = studio.session.config.pc_range
    for step in range(3):
        wanted = [low_x + 0.1 * step, *others]
        do("dragging the range", lambda wanted=wanted: set_range(studio, wanted))
    for key in CAMERA_TOUR:
        do(key, actions[key].trigger)
    point_and_measure(app, studio, do)
    for name in ("light", "dark"):
        do(f"the {name} look", lambda name=name: studio.theme_choice.choose(name))
    do("sidebar", actions["sidebar"].trigger)


def looks_tour() -> list[tuple[str, PanelLooks]]:
    """Every kind of look once, and back."""
    clouds = [CloudLook(color=color) for color in CloudColor]
    clouds += [CloudLook(filters=CloudFilter(min_confidence=0.5)), CloudLook(has_keyframes=True, point_scale=2.0)]
    layers = OccupancyLook(has_occluded=True, has_never_seen=True, has_free=True)
    voxels = [OccupancyLook(shape=VoxelShape.CUBES), layers, replace(layers, hidden_style=HiddenStyle.VEIL)]
    steps = [("a look of the cloud", PanelLooks(cloud=look)) for look in clouds]
    steps += [("a look of the voxels", PanelLooks(occupancy=look)) for look in voxels]
    return [*steps, ("the range's box", PanelLooks(edits_range=True)), ("the usual look", PanelLooks())]


def set_range(studio: Studio, pc_range: list[float]) -> None:
    """What a drag of the box does at each move."""
    studio.session.set_config(studio.session.config.with_changes({"pc_range": pc_range}))


def point_and_measure(app: WatchedApplication, studio: Studio, do: Callable[[str, Callable[[], object]], None]) -> None:
    """Pass over the scenes, pick in both, measure a distance."""
    picking = next(feature for feature in studio.features if isinstance(feature, Picking))
    do("measure", studio.actions["measure"].trigger)
    for panel in studio.window.scene_panels:
        view = panel.view
        assert view is not None
        for share in (0.45, 0.55):
            at = QPoint(round(share * view.width()), round(0.5 * view.height()))
            do("pointing at a scene", lambda view=view, at=at: QTest.mouseMove(view, at))
            do("picking", lambda view=view, at=at: QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at))
            wait(app, lambda: picking.is_idle and studio.is_settled)
    do("deleting distances", studio.session.measurements.clear)
    do("back", studio.actions["step_back"].trigger)


class Doer(QObject):
    """Does something when an event reaches it."""

    def __init__(self, act: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._act = act

    def event(self, event: QEvent) -> bool:
        """Do it."""
        if event.type() == QEvent.Type.User:
            self._act()
            return True
        return bool(super().event(event))


def main(folder: Path) -> int:
    """Run the tour and print what was slow."""
    set_default_format()
    app = WatchedApplication()
    folder.mkdir(parents=True, exist_ok=True)
    workspace, engine = Workspace(root=folder / "home"), FakeEngine(folder / "fake")
    video = engine.video
    studio = Studio(
        workspace, Theme(app, "dark"), keep_log_tail(), JobService(workspace, engine), ExportService(write_fake_film)
    )
    ready: list[bool] = []
    studio.ready.connect(lambda: ready.append(True))
    studio.show()
    wait(app, lambda: bool(ready))
    studio.processor.failed.connect(lambda doing, error: sys.stderr.write(f"{doing}: {error}\n"))
    studio.display.stager.failed.connect(lambda doing, error: sys.stderr.write(f"{doing}: {error}\n"))
    app.is_watching = True
    tour(app, studio, video)
    app.is_watching = False
    studio.window.close()
    wait(app, lambda: studio.is_closed)
    sys.stdout.write(json.dumps(app.slow) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
