"""Scrolling a page changes none of the controls that pass under the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.ui.calm_controls import CalmComboBox, CalmSpinBox
from l3rocc_studio.ui.config_form import ConfigForm
from l3rocc_studio.ui.number_field import NumberField


def turn_wheel(control: QWidget) -> QWheelEvent:
    place = QPointF(control.rect().center())
    event = QWheelEvent(
        place,
        QPointF(control.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control, event)
    return event


@pytest.mark.parametrize("kind", [CalmSpinBox, NumberField])
def test_the_wheel_turns_a_number_only_after_it_was_chosen(
    kind: type[CalmSpinBox] | type[NumberField], qtbot: QtBot
) -> None:
    page = QWidget()
    field = kind(page)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    field.setValue(5)
    assert not turn_wheel(field).isAccepted()
    assert field.value() == 5 and not field.hasFocus()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    turn_wheel(field)
    assert field.value() == 6


def test_no_setting_of_a_run_is_changed_by_scrolling_over_it(qtbot: QtBot) -> None:
    form = ConfigForm(PipelineConfig())
    qtbot.addWidget(form)
    edits: list[object] = []
    form.config_edited.connect(edits.append)
    controls = [*form.findChildren(QAbstractSpinBox), *form.findChildren(QComboBox), *form.findChildren(QSlider)]
    assert any(isinstance(control, CalmComboBox) for control in controls)
    for control in controls:
        assert control.focusPolicy() is Qt.FocusPolicy.StrongFocus
        turn_wheel(control)
    assert not edits
