from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.words import ENGLISH, set_language, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.catalog import ACTIONS, MENUS, PLACES, SUBMENUS
from l3rocc_studio.ui.icons import icon_svg
from l3rocc_studio.ui.theme import Theme


def test_records_are_complete_and_no_key_does_two_things() -> None:
    keys = Counter(QKeySequence(keys).toString() for spec in ACTIONS for keys in spec.shortcut)
    assert [text for text, count in keys.items() if count > 1] == []
    assert "" not in keys
    assert len({spec.key for spec in ACTIONS}) == len(ACTIONS)
    for spec in ACTIONS:
        assert spec.tooltip and not spec.tooltip.endswith("."), spec.key
        assert spec.menu.split("/")[0] in PLACES, spec.key
        if spec.icon:
            assert "<svg" in icon_svg(spec.icon, "#123456")


@pytest.fixture
def language(request: pytest.FixtureRequest) -> Iterator[None]:
    set_language(request.param)
    yield
    set_language(ENGLISH)


@pytest.mark.parametrize("language", [ENGLISH, "zh_CN"], indirect=True)
@pytest.mark.usefixtures("language")
def test_every_name_of_a_menu_is_marked_for_translation() -> None:
    names = {name for spec in ACTIONS for name in spec.menu.split("/")}
    assert names - set(PLACES) == set(SUBMENUS)


def test_no_letter_leads_to_two_things_in_one_menu() -> None:
    menus = {"the menu bar": [tr(title) for title in MENUS.values()]}
    for spec in ACTIONS:
        menus.setdefault(spec.menu, []).append(tr(spec.label))
    for menu, labels in menus.items():
        letters = Counter(found[1].upper() for label in labels if (found := re.search(r"&(\w)", label)))
        assert [letter for letter, count in letters.items() if count > 1] == [], menu
    assert all("&" in title for title in menus["the menu bar"])


def test_a_refused_action_is_disabled_and_says_why(qtbot: QtBot, theme: Theme) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionSet(window, theme)
    button = actions.button("process", window)
    actions.allow("process", "Open a video first.")
    assert not button.isEnabled()
    assert button.toolTip() == "Process (Ctrl+Return)\nOpen a video first."
    assert actions["process"].toolTip() == "Open a video first."
    actions.allow("process")
    assert button.isEnabled()
    assert "Ctrl+Return" in button.toolTip()
    assert button.accessibleName() == "Process"


def test_menus_hold_every_action_once(qtbot: QtBot, theme: Theme) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionSet(window, theme)
    submenus: dict[str, QMenu] = {}
    for name in MENUS:
        menu = QMenu(name, window)
        actions.fill_menu(menu, name, submenus)
        submenus[name] = menu
    listed = Counter(action.objectName() for menu in submenus.values() for action in menu.actions())
    in_menus = [spec for spec in ACTIONS if spec.menu.split("/")[0] in MENUS]
    assert all(listed[spec.key] == 1 for spec in in_menus)
    assert not any(listed[spec.key] for spec in ACTIONS if spec not in in_menus)


def test_a_changed_face_stays_through_a_change_of_look(qtbot: QtBot, theme: Theme) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionSet(window, theme)
    actions.show_as("play", "pause", "Pause")
    before = theme.choice
    theme.choose("light" if theme.is_dark else "dark")
    wanted = theme.icon("pause")
    qtbot.waitUntil(lambda: actions["play"].icon().cacheKey() == wanted.cacheKey())
    theme.choose(before)
    wanted = theme.icon("pause")
    qtbot.waitUntil(lambda: actions["play"].icon().cacheKey() == wanted.cacheKey())
    assert actions["play"].toolTip().startswith("Pause")
