"""The fields that set the scale, alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.number_field import NumberField
from l3rocc_studio.ui.picking.scale_form import ScaleForm


def test_a_length_of_nothing_cannot_be_set_and_says_why(qtbot: QtBot) -> None:
    form = ScaleForm()
    qtbot.addWidget(form)
    form.show()
    form.allow_height("")
    form.show_distance("Distance 1", "")
    given: list[float] = []
    form.height_given.connect(given.append)
    form.length_given.connect(given.append)
    for field, button in ((form.camera_height, form.use_height), (form.length, form.use_length)):
        field.setValue(0.0)
        assert not button.isEnabled() and "first" in button.toolTip()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert given == []
        field.selectAll()
        qtbot.keyClicks(field, "1.5")
        assert button.isEnabled(), "as it is typed: a click must not have to come twice"
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert given.pop() == 1.5
    form.allow_height("Processing is in progress.")
    assert not form.use_height.isEnabled() and form.use_height.toolTip() == "Processing is in progress."


@pytest.mark.parametrize("system", ["en_US", "de_DE", "fr_FR", "zh_CN"])
@pytest.mark.parametrize(("typed", "meant"), [("1.5", 1.5), ("1,5", 1.5), (",25", 0.25), ("1500.25", 1500.25)])
def test_point_and_comma_are_read_alike_on_every_system(qtbot: QtBot, system: str, typed: str, meant: float) -> None:
    """By a German system's habits 1.5 would be fifteen, by an English one's 1,5."""
    before = QLocale()
    QLocale.setDefault(QLocale(system))
    try:
        field = NumberField()
    finally:
        QLocale.setDefault(before)
    qtbot.addWidget(field)
    field.setRange(0.0, 9999.0)
    field.setDecimals(3)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    assert field.value() == meant
    assert field.text() == typed.replace(",", ".")
    field.interpretText()
    assert field.text() == f"{meant:.3f}"
