"""The fields that set the scale, alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.picking.scale_form import ScaleForm


def test_no_height_is_asked_for_rather_than_set(qtbot: QtBot) -> None:
    form = ScaleForm()
    qtbot.addWidget(form)
    form.show()
    form.allow_height("")
    given: list[float] = []
    form.height_given.connect(given.append)
    qtbot.mouseClick(form.use_height, Qt.MouseButton.LeftButton)
    assert given == []
    assert form.camera_height.lineEdit().selectedText() == form.camera_height.text()
    form.camera_height.setValue(1.5)
    qtbot.mouseClick(form.use_height, Qt.MouseButton.LeftButton)
    assert given == [1.5]
