from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QFile
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.resource import resource_text
from l3rocc_studio.ui.resource_tree import hold_files
from l3rocc_studio.ui.theme import Theme, theme_colors

PAIRS = [("text", "base"), ("text", "panel"), ("text_dim", "panel"), ("text_dim", "base"), ("on_accent", "accent")]


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(QColor(a)), luminance(QColor(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_text_can_be_read(name: str, front: str, back: str) -> None:
    colors = theme_colors(name)
    assert contrast(colors[front], colors[back]) >= 4.5


def test_both_looks_know_the_same_tokens_and_the_sheet_uses_no_other() -> None:
    dark, light = theme_colors("dark"), theme_colors("light")
    assert dark.keys() == light.keys()
    used = set(re.findall(r"@([a-z_]+)", resource_text("themes", "studio.qss")))
    assert used - dark.keys() == {"icon_up", "icon_down", "icon_check", "icon_close", "icon_float", "icon_more"}


def test_choosing_changes_the_look_and_tells(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose("light")
    assert not theme.is_dark
    button = QPushButton("x")
    qtbot.addWidget(button)
    assert button.palette().window().color() == QColor(theme_colors("light")["base"])
    assert theme_colors("light")["accent"] in qapp.styleSheet()
    theme.choose("dark")
    assert theme.is_dark


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_sheets_icons_are_there_in_its_colours_and_on_no_disk(qapp: QApplication, theme: Theme, name: str) -> None:
    theme.choose(name)
    paths = set(re.findall(r"url\((.*?)\)", qapp.styleSheet()))
    theme.choose("dark")
    assert len(paths) == 6
    for path in paths:
        assert path.startswith(":/")
        assert not QPixmap(path).isNull()
        file = QFile(path)
        assert file.open(QFile.OpenModeFlag.ReadOnly)
        color = theme_colors(name)["text_dim"]
        assert color in file.readAll().data().decode() or path.endswith(("check.svg", "more.svg"))


def test_many_files_of_a_tree_are_found(qapp: QApplication) -> None:
    files = {f"file-{number}.txt": f"{number} " * number for number in range(300)}
    assert hold_files("many", files) == ":/many"
    for name, text in files.items():
        file = QFile(f":/many/{name}")
        assert file.open(QFile.OpenModeFlag.ReadOnly)
        assert file.readAll().data().decode() == text
    assert not QFile(":/many/file-300.txt").exists()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_timelines_track_stands_out_from_its_bar(name: str) -> None:
    colors = theme_colors(name)
    assert contrast(colors["track"], colors["panel"]) >= 1.15
