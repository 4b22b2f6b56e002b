"""What the engine says is read in the window's language, wherever it is shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QFileSystemModel,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from l3rocc_engine.backends.builtin.diagnosis import require_keyframes
from l3rocc_engine.errors import ReconstructionError
from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.model.queue_item import ItemState
from l3rocc_studio.model.words import ENGLISH, set_language
from l3rocc_studio.ui.language import speak
from l3rocc_studio.ui.queue.feature import QueueFeature
from l3rocc_studio.ui.queue.wording import state_text
from l3rocc_studio.ui.studio import Studio
from scripts.translations import collect
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, drop, mime_of, wait_settled

ENGLISH_WORDS = re.compile(r"[a-z]{3,} [a-z]{3,}")
NAMES = re.compile(r"L3ROcc Studio|https?://\S+|Qt for Python|/[\w./-]+|CC BY-NC|<[^>]+>")
"""Proper names and paths, in every language."""
QTS_OWN = {"Undocks and re-attaches the dock widget", "Closes the dock widget", "Press shortcut"}
"""Translated by Qt's own file, which the program loads at its start."""
MOVES = "room 的画面几乎不动：180 帧中只有 1 个不同的视角，至少需要 3 个。"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language(ENGLISH)


@pytest.fixture
def failing(engine: FakeEngine) -> FakeEngine:
    """Fails as a clip does whose camera stands still."""
    with pytest.raises(ReconstructionError) as caught:
        require_keyframes("room", 180, np.array([0]))
    engine.error = caught.value
    return engine


def test_a_failure_is_told_in_the_dialog_and_at_its_stage(studio: Studio, failing: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(failing.video)
    with qtbot.waitSignal(studio.processor.failed, timeout=PATIENCE_MS):
        studio.processor.start()
    qtbot.waitUntil(lambda: studio.session.job(JobKind.PROCESS).phase is JobPhase.FAILED, timeout=PATIENCE_MS)
    dialog = studio.error_dialog
    assert dialog is not None
    assert dialog.message.text() == MOVES
    assert not ENGLISH_WORDS.search(dialog.hint.text())


def test_a_failure_is_told_in_the_queue(studio: Studio, failing: FakeEngine, qtbot: QtBot, tmp_path: Path) -> None:
    videos = [tmp_path / name for name in ("a.mp4", "b.mp4")]
    for video in videos:
        shutil.copy(failing.video, video)
    drop(studio.window, mime_of(*videos))
    feature = next(part for part in studio.features if isinstance(part, QueueFeature))
    qtbot.waitUntil(lambda: feature.queue.count(ItemState.FAILED) == 2, timeout=PATIENCE_MS)
    item = feature.queue.items[0]
    assert item.error.startswith("The picture of room hardly moves"), "the engine's own words are kept"
    assert state_text(item) == MOVES
    qtbot.waitUntil(lambda: feature.page.summary == "2 个失败", timeout=PATIENCE_MS)
    index = feature.page.view.model().index(0, 0)
    assert MOVES in index.data(Qt.ItemDataRole.ToolTipRole)


def test_reasons_and_notes_are_told(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    panel = studio.window.process_panel
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    qtbot.waitUntil(lambda: "12 帧" in panel.forecast.text, timeout=PATIENCE_MS)
    assert "没有附带相机位姿" in panel.form.reason.text()
    assert not ENGLISH_WORDS.search(panel.form.reason.text())
    panel.result_notes.show_notes(["The upward direction is guessed from the way the camera is held."])
    assert panel.result_notes.text == "向上的方向是根据相机的持握方式推测的。"


def words_on(widget: QWidget) -> list[str]:
    """Everything that a widget says."""
    said = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()]
    if isinstance(widget, QLabel | QAbstractButton):
        said.append(widget.text())
    if isinstance(widget, QComboBox):
        said += [widget.itemText(index) for index in range(widget.count())]
    if isinstance(widget, QLineEdit):
        said.append(widget.placeholderText())
    if isinstance(widget, QSpinBox):
        said += [widget.suffix(), widget.specialValueText()]
    return said


@cache
def marked() -> set[str]:
    """What is in the catalogue; that it is translated there is tested elsewhere."""
    return {str(message.id) for message in collect()}


def english_on_screen(studio: Studio) -> set[str]:
    said = {text for widget in QApplication.allWidgets() for text in words_on(widget)}
    for spec in studio.actions.specs:
        action = studio.actions[spec.key]
        said |= {action.text(), action.toolTip()}
    return {text for text in said - QTS_OWN - marked() if ENGLISH_WORDS.search(NAMES.sub("", text))}


def test_nothing_in_the_window_stays_english(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    assert english_on_screen(studio) == set()
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.processor.start()
    wait_settled(studio, qtbot)
    assert english_on_screen(studio) == set()
    for key in ("export", "settings", "screenshot", "shortcuts", "weights"):
        studio.actions[key].trigger()
        assert english_on_screen(studio) == set(), key
        for window in QApplication.topLevelWidgets():
            if window is not studio.window and window.isVisible():
                window.close()


def test_qts_own_dialogs_speak_the_language_too(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    speak(qapp, "zh_CN")
    try:
        dialog = QFileDialog(None, "", str(tmp_path))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        qtbot.addWidget(dialog)
        dialog.show()
        model = dialog.findChild(QFileSystemModel)
        folder = model.index(str(tmp_path / "runs"))
        qtbot.waitUntil(lambda: model.data(folder.siblingAtColumn(2)) == "文件夹")
        said = {label.text() for label in dialog.findChildren(QLabel) if label.text()}
        said |= {button.text() for button in dialog.findChildren(QAbstractButton) if button.text()}
        assert "查找范围(&L)：" in said and "文件类型(&T)：" in said
        assert not [text for text in said if re.search(r"[A-Za-z]{3,}", text.replace(tmp_path.name, ""))]
        assert QLocale().name() == "zh_CN"
    finally:
        speak(qapp, ENGLISH)
    assert QFileDialog.tr("&Look in:") == "&Look in:"
