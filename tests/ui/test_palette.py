"""The command palette."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.palette.command_palette import CommandPalette
from l3rocc_studio.ui.palette.command_row import CommandRow
from l3rocc_studio.ui.preferences.feature import Preferences
from l3rocc_studio.ui.studio import Studio


def _opened(studio: Studio) -> CommandPalette:
    studio.actions["palette"].trigger()
    found = studio.window.findChildren(CommandPalette)
    assert len(found) == 1
    return found[0]


def _keys(palette: CommandPalette) -> list[str]:
    items = (palette.list.item(row) for row in range(palette.list.count()))
    return [item.data(Qt.ItemDataRole.UserRole) for item in items]


def test_every_action_of_the_menus_is_listed(studio: Studio) -> None:
    listed = _keys(_opened(studio))
    assert set(listed) == {spec.key for spec in studio.actions.specs if spec.menu}


def test_typing_and_enter_trigger_and_the_choice_comes_first_next_time(studio: Studio, qtbot: QtBot) -> None:
    palette = _opened(studio)
    qtbot.keyClicks(palette.field, "sidebar")
    assert _keys(palette)[0] == "sidebar"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not studio.window.sidebar.isVisibleTo(studio.window)
    qtbot.waitUntil(lambda: not studio.window.findChildren(CommandPalette))
    assert _keys(_opened(studio))[0] == "sidebar"


def test_what_makes_no_sense_now_says_why_and_does_nothing(studio: Studio, qtbot: QtBot) -> None:
    palette = _opened(studio)
    qtbot.keyClicks(palette.field, "play")
    row = palette.list.itemWidget(palette.list.item(0))
    assert isinstance(row, CommandRow)
    assert "Open a video or a folder first." in {label.text() for label in row.findChildren(type(row.children()[1]))}
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_the_arrows_move_and_nonsense_is_answered(studio: Studio, qtbot: QtBot) -> None:
    palette = _opened(studio)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 2
    qtbot.keyClicks(palette.field, "zzzzzz")
    assert palette.list.item(0).text() == "No matches."
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("language", "settings_language"),
        ("chinese", "language_zh_CN"),
        ("中文", "language_zh_CN"),
        ("english", "language_en"),
        ("theme", "settings_look"),
        ("深色", "theme_dark"),
        ("dark", "theme_dark"),
        ("memory", "settings_room"),
        ("cache", "settings_folder"),
        ("weights", "weights"),
        ("shortcuts", "settings_keys"),
        ("gpu", "field_device"),
        ("voxel", "field_voxel_size"),
    ],
)
def test_settings_and_their_values_are_found_by_word(studio: Studio, qtbot: QtBot, wanted: str, expected: str) -> None:
    palette = _opened(studio)
    palette.field.setText(wanted)
    assert expected in _keys(palette)[:5], _keys(palette)


def test_a_setting_opens_the_dialog_at_its_field(studio: Studio, qtbot: QtBot) -> None:
    feature = next(part for part in studio.features if isinstance(part, Preferences))
    palette = _opened(studio)
    palette.field.setText("free up space")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert feature.dialog is not None and feature.pages is not None
    assert feature.dialog.list.currentRow() == 2
    assert feature.dialog.focusWidget() is feature.pages[2].days


def test_a_language_is_chosen_without_the_dialog(studio: Studio, qtbot: QtBot) -> None:
    palette = _opened(studio)
    palette.field.setText("中文")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert studio.settings.language == "zh_CN"
    assert studio.actions["language_zh_CN"].isChecked() and not studio.actions["language_system"].isChecked()
