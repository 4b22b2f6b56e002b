"""Windows come and go with a result in them, and nothing of them stays."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from vtkmodules.vtkCommonCore import vtkObjectBase

from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.services.log_tail import keep_log_tail
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.theme import Theme
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine, write_fake_film
from tests.ui.windows import PATIENCE_MS, wait_settled

CYCLES = 20
WARM_UP = 2
"""Cycles before counting: icons, fonts and modules that are kept on purpose come with the first."""


def alive(kind: type) -> Counter[str]:
    """Objects of a kind that Python still holds and whose C++ side is there, by class."""
    found: Counter[str] = Counter()
    for thing in gc.get_objects():
        if isinstance(thing, kind) and (not isinstance(thing, QObject) or isValid(thing)):
            found[type(thing).__name__] += 1
    return found


def use_and_close(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> list[weakref.ref[object]]:
    """Everything that starts threads and timers or makes VTK objects; weak references to the largest parts."""
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    studio.actions["overlay_occupancy"].trigger()
    timeline = studio.session.timeline
    timeline.begin_scrub()
    for frame_idx in (3, 7, 5):
        timeline.seek(frame_idx)
    timeline.end_scrub()
    wait_settled(studio, qtbot)
    timeline.play()
    studio.actions["overlay_occupancy"].trigger()
    scenes = [panel.scene for panel in studio.window.scene_panels]
    watched = [weakref.ref(thing) for thing in (*scenes, studio.session, studio.presenter, *studio.features)]
    close(studio, qtbot)
    assert studio.session.timeline.frame_changed.num_listeners == 0
    assert studio.session.timeline.structure_changed.num_listeners == 0
    assert studio.session.marks.changed.num_listeners == 0
    assert studio.session.run_changed.num_listeners == 0
    assert studio.session.source_changed.num_listeners == 0
    return watched


def counts() -> dict[str, Counter[str]]:
    """What is there once Qt and Python have cleaned up."""
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        gc.collect()
    kinds = {"timers": QTimer, "Qt threads": QThread, "VTK objects": vtkObjectBase}
    found = {name: alive(kind) for name, kind in kinds.items()}
    found["threads"] = Counter(thread.name for thread in threading.enumerate())
    return found


@pytest.fixture
def make_one_studio(tmp_path: Path, theme: Theme, engine: FakeEngine, qtbot: QtBot) -> Callable[[], Studio]:
    """Makes shown studios and holds none of them, unlike ``make_studio``."""

    def make() -> Studio:
        workspace = Workspace(root=tmp_path / "home")
        jobs = JobService(workspace, engine)
        studio = Studio(workspace, theme, keep_log_tail(), jobs, ExportService(write_fake_film))
        with qtbot.waitSignal(studio.ready, timeout=60_000):
            studio.show()
        return studio

    return make


@pytest.mark.slow
@pytest.mark.timeout(600)
# Looking at every object there is wakes what torch keeps for old programs, once something has loaded it.
@pytest.mark.filterwarnings("ignore:.*reduce_op.*:FutureWarning")
def test_twenty_windows_leave_nothing(make_one_studio: Callable[[], Studio], engine: FakeEngine, qtbot: QtBot) -> None:
    before: dict[str, Counter[str]] = {}
    for cycle in range(CYCLES):
        if cycle == WARM_UP:
            before = counts()
        watched = use_and_close(make_one_studio(), engine, qtbot)
    after = counts()
    left = {name: after[name] - before[name] for name in before}
    assert left == {name: Counter() for name in before}
    gone = [reference() for reference in watched]
    assert [type(thing).__name__ for thing in gone if thing is not None] == []
