"""The settings dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.preferences.feature import Preferences
from l3rocc_studio.ui.preferences.general_page import GeneralPage
from l3rocc_studio.ui.preferences.keys_page import KeysPage
from l3rocc_studio.ui.preferences.storage_page import StoragePage
from l3rocc_studio.ui.studio import Studio


def _opened(studio: Studio) -> tuple[GeneralPage, KeysPage, StoragePage]:
    studio.actions["settings"].trigger()
    feature = next(part for part in studio.features if isinstance(part, Preferences))
    assert feature.pages is not None
    return feature.pages


def _type_key(page: KeysPage, key: str, sequence: str) -> None:
    page.editors[key].setKeySequence(QKeySequence(sequence))
    page.editors[key].editingFinished.emit()


def test_a_changed_key_counts_at_once_and_is_remembered(studio: Studio) -> None:
    page = _opened(studio)[1]
    _type_key(page, "sidebar", "Ctrl+Alt+F12")
    assert studio.actions["sidebar"].shortcut().toString() == "Ctrl+Alt+F12"
    assert "Ctrl+Alt+F12" in studio.actions["sidebar"].toolTip()
    assert studio.settings.keys == {"sidebar": "Ctrl+Alt+F12"}
    page.reset_wanted.emit()
    assert studio.actions["sidebar"].shortcut().toString() == "Ctrl+B"
    assert page.editors["sidebar"].keySequence().toString() == "Ctrl+B"
    assert studio.settings.keys == {}


def test_a_key_that_is_taken_is_named_and_can_be_taken_over(studio: Studio, qtbot: QtBot) -> None:
    page, actions = _opened(studio)[1], studio.actions
    _type_key(page, "sidebar", "Ctrl+O")
    assert "is already used by “Open”" in page.refusal.text()
    assert actions["sidebar"].shortcut().toString() == "Ctrl+B", "nothing is changed yet"
    assert page.editors["sidebar"].keySequence().toString() == "Ctrl+B"
    qtbot.mouseClick(page.take, Qt.MouseButton.LeftButton)
    assert actions["sidebar"].shortcut().toString() == "Ctrl+O" and actions["open"].shortcut().isEmpty()
    assert page.editors["open"].keySequence().isEmpty() and page.refusal.isHidden() and page.take.isHidden()
    # An action with several keys keeps the others.
    _type_key(page, "sidebar", "Ctrl+Shift+Z")
    page.take.click()
    assert [keys.toString() for keys in actions["redo"].shortcuts()] == ["Ctrl+Y"]
    assert studio.settings.keys == {"open": "", "redo": "Ctrl+Y", "sidebar": "Ctrl+Shift+Z"}
    _type_key(page, "sidebar", "Ctrl+O")
    _type_key(page, "sidebar", "")
    assert actions["sidebar"].shortcut().isEmpty() and page.refusal.isHidden()


def test_one_key_goes_back_and_all_go_back_on_a_yes_only(studio: Studio, qtbot: QtBot) -> None:
    page, actions = _opened(studio)[1], studio.actions
    assert not page.reset.isEnabled() and page.reset.toolTip()
    assert page.resets["sidebar"].isHidden()
    _type_key(page, "sidebar", "Ctrl+Alt+F12")
    _type_key(page, "log", "Ctrl+B")
    assert "Ctrl+B" in page.resets["sidebar"].toolTip()
    qtbot.mouseClick(page.resets["sidebar"], Qt.MouseButton.LeftButton)
    assert "is already used by “Log”" in page.refusal.text(), "what took its key has it until that is taken back"
    page.resets["log"].click()
    page.resets["sidebar"].click()
    assert studio.settings.keys == {} and actions["sidebar"].shortcut().toString() == "Ctrl+B"
    _type_key(page, "sidebar", "Ctrl+Alt+F12")
    for answer, kept in (("Cancel", {"sidebar": "Ctrl+Alt+F12"}), ("Reset", {})):
        page.reset.click()
        assert page.question is not None and page.question.defaultButton().text() == "Cancel"
        next(button for button in page.question.buttons() if button.text() == answer).click()
        assert studio.settings.keys == kept
    heights = {page.table.rowHeight(row) for row in range(page.table.rowCount())}
    assert len(heights) == 1


def test_finding_an_action(studio: Studio) -> None:
    page = _opened(studio)[1]
    page.search.setText("sidebar")
    shown = [key for row, key in enumerate(page.editors) if not page.table.isRowHidden(row)]
    assert shown == ["sidebar"]


def test_the_look_follows_the_choice(studio: Studio) -> None:
    page = _opened(studio)[0]
    index = page.look.findData("light")
    page.look.setCurrentIndex(index)
    page.look.activated.emit(index)
    assert studio.settings.theme == "light"
    studio.theme_choice.choose("dark")


def test_old_working_folders_are_counted_and_removed(studio: Studio, qtbot: QtBot) -> None:
    folder = studio.workspace.run_folder("clip", "0123456789abcdef")
    (folder / "stage.bin").write_bytes(b"x" * 2_000_000)
    page = _opened(studio)[2]
    qtbot.waitUntil(lambda: page.facts.facts["Sources"] == "1")
    assert page.facts.facts["Size"] == "2.0 MB"
    assert not page.remove_button.isEnabled()
    page.days.setValue(0)
    assert page.remove_button.text() == "Remove 1 (2.0 MB)"
    page.remove_button.click()
    qtbot.waitUntil(lambda: page.facts.facts["Sources"] == "0")
    assert page.message.text() == "2.0 MB freed."
    assert not folder.exists()
