"""The fields that set the scale, alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

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
