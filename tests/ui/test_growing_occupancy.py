"""While a job casts rays, the occupancy panel shows the frames that are there."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.job import JobKind
from l3rocc_studio.services import growing_occupancy
from l3rocc_studio.ui.panels.occupancy_panel import MISSING_TEXT
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, num_colors, open_video, wait_settled


@pytest.fixture(autouse=True)
def every_frame_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job goes on and on; here frames come when the test wants them, so none may be passed over in silence."""
    monkeypatch.setattr(growing_occupancy, "INTERVAL_S", 0.0)


def start_casting(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> threading.Semaphore:
    """Process up to the first frame of occupancy."""
    open_video(studio, engine, qtbot)
    engine.casts = threading.Semaphore(1)
    studio.actions["process"].trigger()
    qtbot.waitUntil(lambda: studio.window.occupancy_panel.is_growing, timeout=PATIENCE_MS)
    return engine.casts


def shown_frame(studio: Studio) -> int | None:
    """Whose voxels the scene has taken in."""
    scene = studio.window.occupancy_panel.scene
    assert scene is not None
    return scene._shown[0] if scene._shown else None


def test_frames_are_shown_as_they_are_made(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    panel, timeline = studio.window.occupancy_panel, studio.session.timeline
    casts = start_casting(studio, engine, qtbot)
    qtbot.waitUntil(lambda: shown_frame(studio) == 0, timeout=PATIENCE_MS)
    assert panel.sentence == "" and panel.note == "1 of 12 frames"
    colours = num_colors(panel)
    timeline.seek(4)
    qtbot.waitUntil(lambda: panel.sentence == MISSING_TEXT, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: num_colors(panel) < colours, timeout=PATIENCE_MS)
    assert shown_frame(studio) is None
    casts.release(5)
    qtbot.waitUntil(lambda: shown_frame(studio) == 4, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: panel.sentence == "", timeout=PATIENCE_MS)
    studio.actions["history"].trigger()
    qtbot.waitUntil(lambda: studio.presenter.is_idle, timeout=PATIENCE_MS)
    assert shown_frame(studio) == 4
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        casts.release(6)
    wait_settled(studio, qtbot)
    assert not panel.is_growing and panel.has_run
    assert shown_frame(studio) == 4 and panel.note.startswith("voxels of")


def test_frames_of_a_stopped_job_go(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    panel = studio.window.occupancy_panel
    start_casting(studio, engine, qtbot)
    qtbot.waitUntil(lambda: shown_frame(studio) == 0, timeout=PATIENCE_MS)
    studio.actions["cancel"].trigger()
    qtbot.waitUntil(lambda: not studio.session.active_jobs, timeout=PATIENCE_MS)
    assert not panel.is_growing and not panel.has_run
    assert "Process the video" in panel.sentence and panel.note == ""
    wait_settled(studio, qtbot)
    assert studio.window.rgb_panel.view.image is not None


def test_a_result_that_is_shown_stays_while_another_is_made(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    casts = start_casting(studio, engine, qtbot)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        casts.release(11)
    wait_settled(studio, qtbot)
    studio.actions["process"].trigger()
    casts.release(6)
    qtbot.waitUntil(lambda: "occupancy" in studio.session.job(JobKind.PROCESS).stages, timeout=PATIENCE_MS)
    assert not studio.window.occupancy_panel.is_growing
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        casts.release(6)
    wait_settled(studio, qtbot)
