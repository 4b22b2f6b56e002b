"""While a job works, the cloud panel shows the points that are there."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from l3rocc_engine.reconstruction import PointMap
from l3rocc_studio.services import growing_cloud
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import (
    PATIENCE_MS,
    num_colors,
    open_video,
    start_held,
)


def test_the_cloud_grows_while_processing_and_goes_when_stopped(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing_cloud, "INTERVAL_S", 0.0)
    open_video(studio, engine, qtbot)
    panel = studio.window.cloud_panel
    rng = np.random.default_rng(0)
    engine.point_maps = (
        PointMap(
            frame_idx=0,
            points_cam=rng.uniform(0.5, 1.5, (30, 40, 3)).astype(np.float32),
            confidence=np.ones((30, 40), dtype=np.float32),
            colors=rng.integers(0, 255, (30, 40, 3), dtype=np.uint8),
        ),
    )
    before = num_colors(panel)
    start_held(studio, engine, qtbot)
    qtbot.waitUntil(lambda: panel.is_growing, timeout=PATIENCE_MS)
    assert panel.sentence == ""
    qtbot.waitUntil(lambda: num_colors(panel) > before + 40, timeout=PATIENCE_MS)
    assert panel.note == "first points, still growing"
    assert panel.scene is not None and panel.scene.cameras.trajectory is not None, "with the camera's way"
    head = panel.scene.cameras.moving_actors()[1]
    for frame_idx in (3, 7):
        studio.session.timeline.seek(frame_idx)
        centre = engine.run.trajectory.centres_world[frame_idx]
        qtbot.waitUntil(lambda: np.allclose(head.GetPosition(), centre), timeout=PATIENCE_MS)  # noqa: B023  waited for here
    studio.actions["cancel"].trigger()
    qtbot.waitUntil(lambda: not studio.session.active_jobs, timeout=PATIENCE_MS)
    assert not panel.is_growing and panel.note == ""
    assert panel.scene.cameras.trajectory is None
    assert "Process the video" in panel.sentence
