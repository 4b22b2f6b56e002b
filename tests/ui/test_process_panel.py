from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.progress import ProgressEvent, StageStatus
from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.ui.config_form import ConfigForm
from l3rocc_studio.ui.job_card import JobCard


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
