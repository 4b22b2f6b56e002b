from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.images import ImageFolderSource
from l3rocc_engine.pipeline.forecast import Forecast, Room
from l3rocc_engine.pipeline.workload import Workload
from l3rocc_engine.progress import ProgressEvent, StageStatus
from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.outlook import Outlook, Proposal
from l3rocc_studio.model.presets import Presets
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.model.stage_groups import grouped
from l3rocc_studio.model.stage_track import StageRow, StageState, StageTrack
from l3rocc_studio.ui.config_form import ConfigForm
from l3rocc_studio.ui.job_card import JobCard
from l3rocc_studio.ui.preset_bar import PresetBar
from l3rocc_studio.ui.process.forecast_view import ForecastView
from l3rocc_studio.ui.process.stage_list import StageList
from l3rocc_studio.ui.process.stage_reasons import reasons
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.summary import between_text
from l3rocc_studio.ui.theme import Theme
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS


@pytest.fixture
def form(qtbot: QtBot) -> ConfigForm:
    made = ConfigForm(PipelineConfig())
    qtbot.addWidget(made)
    return made


def test_an_edit_becomes_a_configuration(form: ConfigForm) -> None:
    heard: list[PipelineConfig] = []
    form.config_edited.connect(heard.append)
    form.voxel_size.setValue(0.05)
    form.interval.setValue(4)
    form.backend.setCurrentIndex(form.backend.findData("builtin"))
    form.backend.activated.emit(form.backend.currentIndex())
    assert heard[-1] == PipelineConfig(voxel_size=0.05, interval=4, backend="builtin")
    assert heard[-1].history_len == PipelineConfig().history_len


def test_a_range_that_does_not_fit_is_refused_in_words_and_not_reported(form: ConfigForm) -> None:
    heard: list[PipelineConfig] = []
    refusals: list[str] = []
    form.config_edited.connect(heard.append)
    form.refused.connect(refusals.append)
    form.voxel_size.setValue(0.03)
    assert heard == []
    assert "whole number of voxels" in refusals[-1]
    assert not form.wrong.isHidden()
    form.voxel_size.setValue(0.1)
    assert refusals[-1] == ""
    assert heard == [PipelineConfig(voxel_size=0.1)]


def test_showing_a_configuration_is_not_an_edit(form: ConfigForm) -> None:
    heard: list[PipelineConfig] = []
    form.config_edited.connect(heard.append)
    config = PipelineConfig(voxel_size=0.1, pc_range=(-1.0, -1.0, 0.0, 1.0, 1.0, 2.0), mesh=True)
    form.show_config(config)
    assert heard == []
    assert [field.value() for field in form.range_fields] == list(config.pc_range)
    assert form.mesh.isChecked()
    assert form.config == config


def status(done: int, total: int, left_s: float | None) -> StageStatus:
    event = ProgressEvent(stage="depth", done=done, total=total, message="keyframe 3")
    return StageStatus(event=event, elapsed_s=1.0, left_s=left_s)


def test_the_card_shows_stage_bar_and_time_left(qtbot: QtBot) -> None:
    card = JobCard()
    qtbot.addWidget(card)
    running = JobState(kind=JobKind.PROCESS, phase=JobPhase.RUNNING, title="Processing room")
    card.show_job(running)
    assert (card.stage_text, card.bar.maximum()) == ("Processing room", 0)
    card.show_job(JobState(kind=JobKind.PROCESS, phase=JobPhase.RUNNING, status=status(3, 12, 75.2)))
    assert card.stage_text == "Estimating depth"
    assert card.left_text == "1 min 15 s left"
    assert card.message == "keyframe 3"
    assert card.bar.value() / card.bar.maximum() == pytest.approx(0.25)
    card.show_job(JobState(kind=JobKind.PROCESS, phase=JobPhase.RUNNING, status=status(3, 0, None)))
    assert (card.left_text, card.bar.maximum()) == ("", 0)
    card.show_job(JobState(kind=JobKind.PROCESS, phase=JobPhase.CANCELLING))
    assert card.stage_text == "Stopping…"
    card.show_job(JobState(kind=JobKind.PROCESS, phase=JobPhase.DONE))
    assert card.isHidden()


def test_every_result_has_a_line_with_a_chip_and_a_reason(qtbot: QtBot, theme: Theme) -> None:
    stages = StageList(theme)
    qtbot.addWidget(stages)
    rows = (
        StageRow(name="poses", state=StageState.DONE, seconds=2.0),
        StageRow(name="depth", state=StageState.DONE, seconds=10.34),
        StageRow(name="cloud", state=StageState.STALE, expected_s=30.0),
        StageRow(name="world", state=StageState.STALE, expected_s=300.0),
    )
    groups = grouped(StageTrack(rows=rows))
    edited = PipelineConfig(voxel_size=0.05)
    ahead = Outlook(config=edited, changed={"reconstruction": (), "cloud": ("voxel_size",), "occupancy": ()})
    stages.show_groups(groups, reasons(groups, outlook=ahead, shown=PipelineConfig()))
    assert stages.lines == (
        "Poses and depth: done, 12.3 s",
        "Cloud: run again, about 30 s",
        "Occupancy: run again, about 5 min",
    )
    assert [stages.line(group.name).toolTip() for group in groups] == [
        "Computed with these settings in 12.3 s.",
        "Will run again: changed since this result: voxel size 0.02 → 0.05.",
        "Will run again: it depends on Cloud.",
    ]
    assert stages.line("cloud").chip.property("state") == "stale"
    assert not stages.line("cloud").is_unfolded
    qtbot.mouseClick(stages.line("cloud").fold, Qt.MouseButton.LeftButton)
    assert stages.line("cloud").is_unfolded


def test_a_failed_stage_says_why_and_shows_its_steps(qtbot: QtBot, theme: Theme) -> None:
    stages = StageList(theme)
    qtbot.addWidget(stages)
    rows = (StageRow(name="poses", state=StageState.FAILED, seconds=2.0), StageRow(name="cloud"))
    groups = grouped(StageTrack(rows=rows))
    stages.show_groups(groups, reasons(groups, error=InputError("The pictures do not overlap.")))
    assert stages.lines == ("Poses and depth: failed, 2.0 s", "Cloud: waiting")
    assert "do not overlap" in stages.line("reconstruction").toolTip()
    assert stages.line("reconstruction").is_unfolded


def outlook(**changes: object) -> Outlook:
    workload = Workload(
        backend="builtin",
        num_frames=1200,
        frame_pixels=640 * 480,
        num_keyframes=100,
        map_pixels=480 * 272,
        num_voxels=5_000_000,
    )
    forecast = Forecast(
        workload=workload, stage_s={"depth": 240.0}, memory_bytes=6 << 30, disk_bytes=500 << 20, num_runs=3
    )
    room = Room(memory_bytes=64 << 30, disk_bytes=64 << 30)
    return dataclasses.replace(Outlook(config=PipelineConfig(), forecast=forecast, room=room), **changes)  # type: ignore[arg-type]


def test_the_forecast_tells_frames_time_memory_and_disk(qtbot: QtBot) -> None:
    view = ForecastView()
    qtbot.addWidget(view)
    assert view.isHidden()
    view.show_outlook(outlook(redone=("reconstruction", "cloud", "occupancy")))
    for part in ("About 4 min", "1,200 frames", "100 keyframes", "Memory 6.4 GB", "disk 524 MB"):
        assert part in view.text
    assert "Rough" not in view.text
    assert view.proposal_button.isHidden()
    done = outlook(kept=("reconstruction", "cloud", "occupancy"))
    view.show_outlook(done)
    assert view.text == "Already processed with these settings: Process shows it at once."
    view.show_outlook(dataclasses.replace(done, changed={"cloud": ()}))
    assert view.text == "This result is up to date."
    view.show_outlook(Outlook(config=PipelineConfig(), refusal="The weights are not there."))
    assert view.text == "The weights are not there."


def test_what_does_not_fit_is_said_and_a_click_takes_what_does(qtbot: QtBot) -> None:
    view = ForecastView()
    qtbot.addWidget(view)
    heard: list[PipelineConfig] = []
    view.proposal_taken.connect(heard.append)
    wanted = PipelineConfig(voxel_size=0.05, interval=20)
    tight = outlook(room=Room(memory_bytes=4 << 30, disk_bytes=64 << 30), redone=("cloud",))
    assert tight.forecast is not None
    view.show_outlook(dataclasses.replace(tight, proposal=Proposal(config=wanted, forecast=tight.forecast)))
    assert "it needs 6.4 GB of memory, 4.3 GB free" in view.text
    assert view.proposal_button.text() == "Use 0.05 voxels, interval 20"
    qtbot.mouseClick(view.proposal_button, Qt.MouseButton.LeftButton)
    assert heard == [wanted]


def test_presets_are_chosen_saved_and_removed(qtbot: QtBot, theme: Theme) -> None:
    presets = Presets(SETTING_PRESETS)
    bar = PresetBar(presets, PipelineConfig(), "Presets of settings", theme)
    qtbot.addWidget(bar)
    assert bar.shown == "Balanced"
    heard: list[PipelineConfig] = []
    bar.chosen.connect(heard.append)
    bar.list.setCurrentText("Fine")
    bar.list.activated.emit(bar.list.currentIndex())
    assert heard[-1].voxel_size == 0.01
    bar.show_value(PipelineConfig(interval=7))
    assert bar.shown == "Custom"
    bar.save_as("Mine")
    bar.show_value(PipelineConfig(interval=7))
    assert bar.shown == "Mine"
    refusals: list[object] = []
    bar.refused.connect(refusals.append)
    bar.save_as("Fast")
    assert "comes with the program" in str(refusals[0])


def test_the_page_looks_ahead_and_presets_can_be_taken_back(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    panel = studio.window.process_panel
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    qtbot.waitUntil(lambda: "12 frames" in panel.forecast.text, timeout=PATIENCE_MS)
    assert "Built-in (geometric): The source has no camera poses" in panel.form.reason.text()
    panel.presets.list.setCurrentText("Fast")
    panel.presets.list.activated.emit(panel.presets.list.currentIndex())
    assert studio.session.config.voxel_size == 0.05
    studio.actions["undo"].trigger()
    assert panel.presets.shown == "Balanced"
    for interval in (11, 12, 13):
        panel.form.interval.setValue(interval)
    assert studio.session.config.interval == 13
    assert studio.session.edits.undo_label == "Change interval"
    studio.actions["undo"].trigger()
    assert studio.session.config.interval == 10, "edits of one field are taken back together"
    assert panel.form.interval.value() == 10
    studio.session.set_config(studio.session.config.with_changes({"backend": "pi3"}))
    qtbot.waitUntil(lambda: "weights" in panel.forecast.text, timeout=PATIENCE_MS)
    studio.session.set_config(studio.session.config.with_changes({"backend": "auto", "frame_range": [2, 5]}))
    assert panel.form.frames.text() == "2 to 5 (4 frames)"
    qtbot.waitUntil(lambda: "4 frames" in panel.forecast.text, timeout=PATIENCE_MS)


def test_pictures_are_asked_for_their_rate_and_everything_follows_it(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = studio.window.process_panel.form
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    assert not form.rate.isVisibleTo(form), "a video says its rate"
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(6):
        Image.fromarray(np.full((24, 32, 3), 40 * number, np.uint8)).save(folder / f"{number}.png")

    def open_pictures(path: Path, *, fps: float, **_options: object) -> ImageFolderSource:
        return ImageFolderSource(path, fps=fps)

    monkeypatch.setattr(engine, "open_source", open_pictures)
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(folder)
    assert form.rate.isVisibleTo(form) and form.rate_note.isVisibleTo(form)
    assert form.rate.value() == 30.0 and "Assumed" in form.rate_note.text()
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        form.rate.setValue(5.0)
    source = studio.session.source
    assert source is not None and source.fps == studio.session.config.fps == form.rate.value() == 5.0
    assert source.timestamps_s[-1] == pytest.approx(1.0)
    assert not form.rate_note.isVisibleTo(form), "it is no assumption any more"
    panel = studio.window.process_panel
    assert panel.presets.shown == "Balanced", "a rate is no other preset"
    panel.presets.list.setCurrentText("Fast")
    panel.presets.list.activated.emit(panel.presets.list.currentIndex())
    assert (studio.session.config.voxel_size, studio.session.config.fps) == (0.05, 5.0)


def test_a_clip_that_is_too_short_is_not_processed_in_vain(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    panel = studio.window.process_panel
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    studio.session.set_config(studio.session.config.with_changes({"frame_range": [2, 3]}))
    qtbot.waitUntil(lambda: "has only 2 frames" in panel.forecast.text, timeout=PATIENCE_MS)
    assert not panel.process_button.isEnabled() and "has only 2 frames" in panel.process_button.toolTip()
    studio.session.set_config(studio.session.config.with_changes({"frame_range": [2, 4]}))
    qtbot.waitUntil(lambda: "3 frames, about 3 keyframes" in panel.forecast.text, timeout=PATIENCE_MS)
    assert panel.process_button.isEnabled()


def test_stages_stay_to_be_read_after_the_run_and_go_with_the_source(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    seen: list[tuple[str, ...]] = []
    studio.processor.processed.connect(lambda _run: seen.append(studio.window.process_panel.stages.lines))
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    [lines] = seen
    assert lines[0].startswith("Poses and depth: done, ") and lines[0].endswith(" s")
    studio.close_source()
    assert studio.window.process_panel.stages.lines == ()


def test_what_is_up_to_date_is_to_be_exported_and_what_is_not_to_be_processed(
    studio: Studio, engine: FakeEngine, qtbot: QtBot
) -> None:
    panel = studio.window.process_panel

    def primary() -> list[str]:
        shown = (button for button in (panel.export_button, panel.process_button) if button.isVisible())
        return [button.text() for button in shown if button.property("primary") == "true"]

    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    qtbot.waitUntil(panel.process_button.isVisible, timeout=PATIENCE_MS)
    assert primary() == ["Process"] and not panel.export_button.isVisible()
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    assert primary() == ["Export…"] and panel.process_button.isVisible()
    qtbot.waitUntil(panel.export_button.isEnabled, timeout=PATIENCE_MS)
    studio.session.set_config(studio.session.config.with_changes({"interval": 7}))
    assert primary() == ["Process"]
    studio.session.set_config(studio.session.run.config if studio.session.run else PipelineConfig())
    assert primary() == ["Export…"]
    studio.close_source()
    assert panel.export_button.isHidden()


def test_a_failed_job_is_no_concern_of_the_next_source(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    engine.error = InputError("It did not work.")
    with qtbot.waitSignal(studio.processor.failed, timeout=PATIENCE_MS):
        studio.processor.start()
    stages = studio.window.process_panel.stages
    qtbot.waitUntil(lambda: any("failed" in line for line in stages.lines), timeout=PATIENCE_MS)
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    assert not any("failed" in line for line in stages.lines)
    qtbot.waitUntil(lambda: "12 frames" in studio.window.process_panel.forecast.text, timeout=PATIENCE_MS)
    assert not any("failed" in line for line in stages.lines)


def test_a_job_that_fails_says_at_which_stage(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.error = InputError("The pictures do not overlap.")
    panel = studio.window.process_panel
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    with qtbot.waitSignal(studio.processor.failed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    assert "Occupancy: failed" in panel.stages.lines[-1]
    assert "do not overlap" in panel.stages.line("occupancy").toolTip()
    studio.session.set_config(studio.session.config.with_changes({"interval": 7}))
    qtbot.waitUntil(lambda: "waiting" in panel.stages.lines[-1], timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("low_s", "high_s", "says"),
    [
        (55.0, 60.0, "about 1 min"),
        (55.0, 240.0, "about 1–4 min"),
        (12.0, 45.0, "about 10–45 s"),
        (1.0, 40.0, "up to 40 s"),
        (20.0, 180.0, "up to 3 min"),
        (2.0, 6.0, "a few seconds"),
        (3000.0, 9000.0, "about 0.8–2.5 h"),
    ],
)
def test_a_time_between_two_ends_is_told_as_such_where_they_differ(low_s: float, high_s: float, says: str) -> None:
    assert between_text(low_s, high_s) == says


def test_a_busy_machine_is_told_and_makes_the_forecast_a_range(qtbot: QtBot) -> None:
    view = ForecastView()
    qtbot.addWidget(view)
    work = Workload(
        backend="builtin", num_frames=48, frame_pixels=98_000, num_keyframes=7, map_pixels=98_000, num_voxels=5_000_000
    )
    forecast = Forecast(workload=work, stage_s={"depth": 55.0}, memory_bytes=2 << 30, disk_bytes=1 << 30, num_runs=1)
    view.show_outlook(Outlook(config=PipelineConfig(), redone=("reconstruction",), forecast=forecast, slowdown=4.0))
    assert view.text.startswith("About 1–4 min")
    assert "Other programs keep this machine busy now." in view.text
    view.show_outlook(Outlook(config=PipelineConfig(), redone=("reconstruction",), forecast=forecast))
    assert view.text.startswith("About 1 min") and "busy" not in view.text
