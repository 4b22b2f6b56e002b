"""Applying another range to a result that was opened from its dataset folder."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.ui.process_panel import ProcessPanel
from l3rocc_studio.ui.project.feature import ProjectFeature
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, wait_settled


def _said(panel: ProcessPanel, name: str) -> str:
    """What the board says of a stage once it has looked ahead."""
    return next((line for line in panel.stages.lines if line.startswith(name)), "")


def test_another_range_of_an_opened_result_casts_rays_alone(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    session, panel = studio.session, studio.window.process_panel
    session.open_run(engine.run, RunLocation(path=engine.folder, workdir=None, config={}))
    wait_settled(studio, qtbot)
    assert studio.may_leave(lambda: None), "nothing was changed yet"
    low, high = engine.run.config.pc_range[:3], engine.run.config.pc_range[3:]
    wanted = [low[0] + engine.run.config.voxel_size, *low[1:], *high]
    session.set_config(session.config.with_changes({"pc_range": wanted}))
    qtbot.waitUntil(lambda: "run again" in _said(panel, "Occupancy"), timeout=PATIENCE_MS)
    for kept in ("Poses and depth", "Cloud"):
        assert "run again" not in _said(panel, kept), panel.stages.lines
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    wait_settled(studio, qtbot)
    assert engine.processed == [], "nothing is reconstructed"
    assert session.run is not None and list(session.run.config.pc_range) == wanted
    assert session.run.cloud is engine.run.cloud
    assert session.run_location is not None and session.run_location.is_dataset
    saving = next(feature for feature in studio.features if isinstance(feature, ProjectFeature)).saving
    left: list[str] = []
    assert not saving.may_leave(lambda: left.append("left")), "the folder still has the range it had"
    assert saving.question is not None and "folder" in saving.question.informativeText()
    saving.question.button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: left == ["left"], timeout=PATIENCE_MS)
    assert saving.may_leave(lambda: None)
