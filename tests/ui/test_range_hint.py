"""A scale that makes the scene outgrow its range is told, and the range grown with one click."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.scale_wish import TwoPointWish
from l3rocc_studio.ui.picking.feature import Picking
from l3rocc_studio.ui.range_hint import RangeHint
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, wait_settled


def part(studio: Studio, kind: type) -> object:
    return next(feature for feature in studio.features if isinstance(feature, kind))


def test_a_range_that_a_scale_left_nearly_empty_is_grown(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = studio.session
    hint, picking = part(studio, RangeHint), part(studio, Picking)
    assert isinstance(hint, RangeHint) and isinstance(picking, Picking) and hint.bar is not None
    monkeypatch.setattr("l3rocc_studio.model.held_range.LEAST_SHARE", 10.0)
    session.open_run(engine.run, RunLocation(path=engine.folder, workdir=None, config={}))
    wait_settled(studio, qtbot)
    assert hint.bar.isHidden()
    ends = [tuple(point) for point in engine.run.cloud.points_world[[10, -10]].astype(float).tolist()]
    length = sum((a - b) ** 2 for a, b in zip(*ends, strict=True)) ** 0.5
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        picking.scaling.set_scale(TwoPointWish(first=ends[0], second=ends[1], metres=1.5 * length))
    wait_settled(studio, qtbot)
    assert not hint.bar.isHidden() and "% of what it held" in hint.bar.text.text()
    before = session.config.pc_range
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        hint.bar.grow.click()
    wait_settled(studio, qtbot)
    assert hint.bar.isHidden()
    assert session.run is not None and session.run.scale.is_metric
    for old, new in zip(before, session.run.config.pc_range, strict=True):
        assert abs(new) >= 1.5 * abs(old) - 1e-6
    assert engine.processed == [], "poses and cloud stay"
    studio.actions["undo"].trigger()
    assert session.config.pc_range == before
