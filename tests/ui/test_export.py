"""Exporting through the dialog, and the list of exports."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from l3rocc_engine.errors import OutputError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.export_request import DatasetOptions, ExportFormat, ExportRequest
from l3rocc_studio.model.film_camera import CameraKind
from l3rocc_studio.model.film_spec import Backdrop, FilmFormat, FilmPanel, FilmSpec
from l3rocc_studio.model.job import JobPhase
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.ui.export.export_dialog import CHOSEN, ExportDialog
from l3rocc_studio.ui.export.exporter import MAX_AT_ONCE
from l3rocc_studio.ui.export.feature import Exporting
from l3rocc_studio.ui.export.format_page import DatasetPage
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, wait_settled


@pytest.fixture
def ready(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> Studio:
    """A studio that shows a run."""
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    wait_settled(studio, qtbot)
    return studio


def _dialog(studio: Studio, action: str = "export") -> ExportDialog:
    studio.actions[action].trigger()
    feature = next(part for part in studio.features if isinstance(part, Exporting))
    assert feature.dialog is not None
    return feature.dialog


def _export_to(dialog: ExportDialog, out: Path) -> None:
    dialog.path.setText(str(out))
    dialog.path.textEdited.emit(str(out))
    dialog.export_button.click()


class Renderer:
    """Films that take as long as the test likes, in turn."""

    def __init__(self) -> None:
        self.specs: list[FilmSpec] = []
        self.error: OutputError | None = None
        self.holds = False

    def __call__(
        self, location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken
    ) -> None:
        self.specs.append(spec)
        while self.holds:
            cancel.check()
            time.sleep(0.01)
        if self.error is not None:
            raise self.error
        out.write_text("film", encoding="utf-8")


@pytest.fixture
def renderer(ready: Studio, engine: FakeEngine) -> Renderer:
    found = Renderer()
    ready.exporter._service = ExportService(found, engine.load_run)
    return found


def test_the_film_is_what_was_chosen(ready: Studio, renderer: Renderer, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = _dialog(ready, "export_film")
    page = dialog.film_page
    page.panels.set_panels((FilmPanel.WORLD,))
    page.picture.camera.setCurrentIndex(page.picture.camera.findData(CameraKind.SAVED))
    page.picture.format.setCurrentIndex(page.picture.format.findData(FilmFormat.WEBM))
    assert dialog.path.text().endswith("room_panels.webm")
    dialog.frames.setCurrentIndex(dialog.frames.findData(CHOSEN))
    dialog.first.setValue(1)
    dialog.last.setValue(3)
    with qtbot.waitSignal(ready.exporter.exported, timeout=PATIENCE_MS):
        _export_to(dialog, tmp_path / "film.webm")
    spec = renderer.specs[0]
    assert spec.layout.panels == (FilmPanel.WORLD,)
    assert (spec.output.first_frame, spec.output.last_frame) == (1, 3)
    scene = ready.window.cloud_panel.scene
    assert scene is not None
    assert spec.camera.view is not None
    assert ready.settings.folder("export") == str(tmp_path)


def test_the_first_export_goes_beside_the_source(
    ready: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ready.session.run is not None
    source = ready.session.run.source.path
    dialog = _dialog(ready, "export_film")
    assert Path(dialog.path.text()).parent == source.parent
    dialog.reject()
    monkeypatch.setattr("l3rocc_studio.ui.source_folder.os.access", lambda *_: False)
    dialog = _dialog(ready, "export_film")
    assert Path(dialog.path.text()).parent == Path.home()
    dialog.reject()


def test_choices_that_do_not_go_together_say_so(ready: Studio) -> None:
    dialog = _dialog(ready, "export_film")
    page = dialog.film_page
    page.picture.backdrop.setCurrentIndex(page.picture.backdrop.findData(Backdrop.TRANSPARENT))
    assert "no transparent background" in dialog.refusal.text()
    assert not dialog.export_button.isEnabled()
    page.picture.format.setCurrentIndex(page.picture.format.findData(FilmFormat.PNG))
    assert dialog.export_button.isEnabled()
    dialog.frames.setCurrentIndex(dialog.frames.findData(CHOSEN))
    dialog.first.setValue(4)
    dialog.last.setValue(2)
    assert dialog.refusal.text() == "The first frame comes after the last one."


@pytest.mark.parametrize(
    ("form", "made"),
    [
        (ExportFormat.INTERNDATA, "out/meta/info.json"),
        (ExportFormat.VISUAL, "out/visual.json"),
        (ExportFormat.PLY, "out"),
        (ExportFormat.GLB, "out"),
        (ExportFormat.COLMAP, "out/sparse/0/cameras.bin"),
    ],
)
def test_every_format_is_written(ready: Studio, form: ExportFormat, made: str, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = _dialog(ready)
    dialog.choose(form)
    qtbot.waitUntil(lambda: "free" in dialog.forecast.text(), timeout=PATIENCE_MS)
    with qtbot.waitSignal(ready.exporter.exported, timeout=PATIENCE_MS):
        _export_to(dialog, tmp_path / "out")
    assert (tmp_path / made).is_file()
    state = ready.session.exports.states[-1]
    assert state.phase is JobPhase.DONE


def test_a_dataset_says_its_size_and_carries_task_and_robot_which_are_remembered(
    ready: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = _dialog(ready, "export_lerobot")
    page = dialog.pages.currentWidget()
    assert isinstance(page, DatasetPage) and page.options == DatasetOptions()
    page.task.setText("walk to the sofa")
    page.robot.setText("go2")
    qtbot.waitUntil(lambda: "about" in dialog.forecast.text() and "14 files" in dialog.forecast.text())
    with qtbot.waitSignal(ready.exporter.exported, timeout=PATIENCE_MS):
        _export_to(dialog, tmp_path / "out")
    [line] = (tmp_path / "out" / "meta" / "tasks.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["task"] == "walk to the sofa"
    assert json.loads((tmp_path / "out" / "meta" / "info.json").read_text(encoding="utf-8"))["robot_type"] == "go2"
    again = _dialog(ready, "export_lerobot")
    assert again.request().dataset == DatasetOptions(task="walk to the sofa", robot_type="go2")
    again.reject()


def test_several_run_at_once_the_rest_waits_and_all_stop(
    ready: Studio, renderer: Renderer, tmp_path: Path, qtbot: QtBot
) -> None:
    renderer.holds = True
    for number in range(4):
        ready.exporter.start(ExportRequest(format=ExportFormat.FILM, out=tmp_path / f"{number}.mp4"))
    exports = ready.session.exports
    phases = [state.phase for state in exports.states]
    assert phases == [JobPhase.RUNNING] * MAX_AT_ONCE + [JobPhase.IDLE] * (4 - MAX_AT_ONCE)
    ready.exporter.cancel(exports.states[3].number)
    assert exports.states[3].phase is JobPhase.CANCELLED
    ready.exporter.cancel(exports.states[0].number)
    qtbot.waitUntil(lambda: exports.states[2].phase is JobPhase.RUNNING, timeout=PATIENCE_MS)
    ready.actions["cancel"].trigger()
    qtbot.waitUntil(lambda: not exports.active, timeout=PATIENCE_MS)
    assert not list(tmp_path.glob("*.mp4"))


def test_a_failure_stays_on_the_list_and_can_be_tried_again(
    ready: Studio, renderer: Renderer, tmp_path: Path, qtbot: QtBot
) -> None:
    renderer.error = OutputError("The disk is full.", "Free some space.")
    feature = next(part for part in ready.features if isinstance(part, Exporting))
    with qtbot.waitSignal(ready.exporter.failed, timeout=PATIENCE_MS):
        ready.exporter.start(ExportRequest(format=ExportFormat.FILM, out=tmp_path / "film.mp4"))
    row = next(iter(feature.popup.rows.values()))
    assert row.failure.text() == "The disk is full. Free some space."
    assert feature.button.text() == "1 of 1 exports failed"
    renderer.error = None
    with qtbot.waitSignal(ready.exporter.exported, timeout=PATIENCE_MS):
        row.retry_button.click()
    assert (tmp_path / "film.mp4").is_file()
    feature.popup.clear_wanted.emit()
    assert not ready.session.exports.states


def test_what_is_there_is_replaced_on_a_clear_yes_only(
    ready: Studio, renderer: Renderer, tmp_path: Path, qtbot: QtBot
) -> None:
    out = tmp_path / "film.mp4"
    out.write_text("old", encoding="utf-8")
    dialog = _dialog(ready, "export_film")

    def answer(name: str) -> None:
        [question] = dialog.findChildren(QMessageBox)
        texts = {button.text(): button for button in question.buttons()}
        assert set(texts) == {"Replace", "Cancel"}
        assert question.defaultButton() is texts["Cancel"] and question.escapeButton() is texts["Cancel"]
        texts[name].click()

    QTimer.singleShot(0, lambda: answer("Cancel"))
    _export_to(dialog, out)
    assert not ready.session.exports.states
    QTimer.singleShot(0, lambda: answer("Replace"))
    with qtbot.waitSignal(ready.exporter.exported, timeout=PATIENCE_MS):
        dialog.export_button.click()
    assert out.read_text(encoding="utf-8") == "film"


def test_opening_something_else_does_not_disturb_an_export(
    ready: Studio, renderer: Renderer, tmp_path: Path, qtbot: QtBot
) -> None:
    renderer.holds = True
    ready.exporter.start(ExportRequest(format=ExportFormat.FILM, out=tmp_path / "film.mp4"))
    ready.actions["close_source"].trigger()
    assert ready.session.source is None
    renderer.holds = False
    qtbot.waitUntil(lambda: not ready.session.exports.active, timeout=PATIENCE_MS)
    assert (tmp_path / "film.mp4").is_file()
