"""The command palette."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.palette.command_palette import CommandPalette
from l3rocc_studio.ui.palette.command_row import CommandRow
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
    assert palette.list.item(0).text() == "Nothing is called like that."
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
