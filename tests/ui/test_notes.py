from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.ui.notes import Notes
from l3rocc_studio.ui.studio import Studio

LONG = tuple(f"Remark {index}: " + "the file says one thing and holds another, " * 6 for index in range(4))


def test_notes_are_folded_until_they_are_wanted(qtbot: QtBot) -> None:
    notes = Notes("Notes")
    qtbot.addWidget(notes)
    notes.show_notes(["One.", "Two."])
    notes.show()
    assert notes.toggle.text() == "2 notes"
    assert not notes.is_unfolded
    qtbot.mouseClick(notes.toggle, Qt.MouseButton.LeftButton)
    assert notes.is_unfolded
    assert notes.text == "One.\n\nTwo."
    notes.show_notes(["Three."])
    assert not notes.is_unfolded
    assert notes.toggle.text() == "1 note"
    notes.show_notes([])
    assert notes.isHidden()


def test_process_stays_in_sight_in_a_small_window(studio: Studio, qtbot: QtBot) -> None:
    window, panel = studio.window, studio.window.process_panel
    window.show_desk(is_shown=True)
    window.resize(1000, 650)
    panel.show_source("a source", "640×480", LONG)
    panel.source_notes.toggle.setChecked(True)
    panel.show_result([(f"Fact {index}", "value") for index in range(8)], LONG)
    qtbot.wait(50)
    button = panel.process_button
    bottom = button.mapTo(window, button.rect().bottomRight())
    assert button.isVisible()
    assert window.rect().contains(bottom)
    assert panel.form.config == PipelineConfig()
