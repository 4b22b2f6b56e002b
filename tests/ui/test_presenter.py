"""All panels show the same frame, the newest one that is wanted."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import (
    PATIENCE_MS,
    num_colors,
    open_video,
    process,
    shown_picture,
    wait_settled,
)


def test_all_panels_show_the_frame_of_the_timeline(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    shown: list[int] = []
    studio.presenter.shown.connect(shown.append)
    for frame_idx in (7, 3, 11):
        studio.session.timeline.seek(frame_idx)
        wait_settled(studio, qtbot)
        assert shown[-1] == frame_idx
        assert np.array_equal(shown_picture(studio), engine.run.source.frame(frame_idx))
    for panel in studio.window.scene_panels:
        assert panel.view is not None
        assert num_colors(panel.view) > 20, "the scene is drawn"


def test_a_fast_scrub_ends_on_the_newest_frame_and_drops_others(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    shown: list[int] = []
    studio.presenter.shown.connect(shown.append)
    timeline = studio.session.timeline
    timeline.begin_scrub()
    for frame_idx in list(range(12)) * 10:
        timeline.seek(frame_idx)
    timeline.end_scrub()
    wait_settled(studio, qtbot)
    assert shown[-1] == 11
    assert len(shown) < 10


def test_playing_moves_all_panels(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    shown: set[int] = set()
    studio.presenter.shown.connect(shown.add)
    studio.actions["play"].trigger()
    assert studio.actions["play"].toolTip().startswith("Pause")
    qtbot.waitUntil(lambda: len(shown) >= 4, timeout=PATIENCE_MS)
    studio.actions["play"].trigger()
    assert not studio.session.timeline.is_playing
