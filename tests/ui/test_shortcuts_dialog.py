"""The sheet of all keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from l3rocc_studio.ui.theme import Theme


@pytest.fixture
def actions(qtbot: QtBot, theme: Theme) -> Iterator[ActionSet]:
    window = QMainWindow()
    qtbot.addWidget(window)
    yield ActionSet(window, theme)


def _sheet(actions: ActionSet, qtbot: QtBot) -> ShortcutsDialog:
    dialog = ShortcutsDialog(actions)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _listed(dialog: ShortcutsDialog) -> dict[tuple[str, str], str]:
    """Keys by menu and name."""
    return {(card.title, row.name): row.keys for card in dialog.cards for row in card.rows}


def test_each_key_is_listed_with_its_panel_and_the_numbered_views_share_a_line(
    actions: ActionSet, qtbot: QtBot
) -> None:
    listed = _listed(_sheet(actions, qtbot))
    assert listed["View › Cloud panel", "Top"] == "4"
    assert listed["View › Occupancy panel", "Top"] == "Alt+4"
    assert listed["View › Saved views", "View 1 … View 9"] == "Ctrl+1 … Ctrl+9"
    assert not any(name == "View 5" for _, name in listed)
    actions.set_keys("recall_view_5", "F6")
    listed = _listed(_sheet(actions, qtbot))
    assert listed["View › Saved views", "View 5"] == "F6" and listed["View › Saved views", "View 9"] == "Ctrl+9"


def test_the_sheet_is_searched_by_action_key_and_menu(actions: ActionSet, qtbot: QtBot) -> None:
    dialog = _sheet(actions, qtbot)

    def shown() -> list[str]:
        texts = []
        for card in dialog.cards:
            if card.isVisible():
                texts += [name.text() for name, _keys in card._labels if name.isVisible()]
        return texts

    everything = shown()
    qtbot.keyClicks(dialog.search, "worst")
    assert shown() == ["Jump to the worst frame"]
    dialog.search.setText("alt+4")
    assert shown() == ["Top"]
    dialog.search.setText("saved views")
    assert "Save this view" in shown() and "Play" not in shown()
    dialog.search.setText("no such thing")
    assert shown() == [] and dialog._nothing.isVisible()
    dialog.search.clear()
    assert shown() == everything
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
