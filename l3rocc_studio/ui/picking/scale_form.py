"""Fields that set the scale: a true distance, or the camera's height."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.calm_controls import CalmComboBox
from l3rocc_studio.ui.labels import dim_label
from l3rocc_studio.ui.number_field import NumberField

METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254}
_TEXT_MARGIN_PX = 6
NO_DISTANCE = N_("Measure something whose length you know, such as a table or a door.")
NO_LENGTH, NO_HEIGHT = N_("Type the true length first."), N_("Type the camera's height first.")


class ScaleForm(QWidget):
    """Asks for lengths; whoever listens sets the scale.

    Signals
    -------
    length_given (float)
        The chosen distance is so many metres in truth.
    height_given (float)
        The camera is so many metres above the floor.
    """

    length_given = Signal(float)
    height_given = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status = QLabel("", self)
        self._status.setWordWrap(True)
        self._distance = QLabel("", self)
        self._distance.setObjectName("small")
        self._distance.setWordWrap(True)
        self.length = _field(tr("True length"), self)
        self.unit = CalmComboBox(self)
        self.unit.addItems(list(METRES))
        self.unit.setAccessibleName(tr("Unit of the true length"))
        self.unit.setFixedWidth(64)
        self.camera_height = _field(tr("Height of the camera above the floor"), self)
        self.camera_height.setValue(0.0)
        self.use_length = QPushButton(tr("Set"), self)
        self.use_length.setAccessibleName(tr("Set the scale by the true length"))
        self.use_height = QPushButton(tr("Set"), self)
        self.use_height.setAccessibleName(tr("Set the scale by the camera's height"))
        self._refusals = {self.length: "", self.camera_height: ""}
        self._lay_out()
        for field in self._refusals:
            field.valueChanged.connect(lambda _metres: self._allow())
        self.use_length.clicked.connect(lambda _checked=False: self._give_length())
        self.length.lineEdit().returnPressed.connect(self._give_length)
        self.use_height.clicked.connect(lambda _checked=False: self._give_height())
        self.camera_height.lineEdit().returnPressed.connect(self._give_height)

    @property
    def status(self) -> str:
        """What is said of the present scale."""
        return self._status.text()

    def show_status(self, text: str) -> None:
        """Say what the present scale is."""
        self._status.setText(text)

    def show_distance(self, text: str, refusal: str) -> None:
        """Say which distance would be used; a refusal says why there is none to use."""
        self._distance.setText(text or refusal)
        for control in (self.length, self.unit):
            control.setEnabled(not refusal)
            control.setToolTip(refusal or tr("True length of the selected distance"))
        self._refusals[self.length] = refusal
        self._allow()

    def allow_height(self, refusal: str) -> None:
        """Let the height be set, or say why not."""
        self.camera_height.setEnabled(not refusal)
        self.camera_height.setToolTip(refusal or tr("Typical height of the camera above the floor while filming"))
        self._refusals[self.camera_height] = refusal
        self._allow()

    def _allow(self) -> None:
        """Nothing is as long or as high as nothing."""
        for field, button, missing in (
            (self.length, self.use_length, tr(NO_LENGTH)),
            (self.camera_height, self.use_height, tr(NO_HEIGHT)),
        ):
            refusal = self._refusals[field] or ("" if field.value() > 0 else missing)
            button.setEnabled(not refusal)
            button.setToolTip(refusal or button.accessibleName())

    def ask_for_length(self) -> None:
        """Put the cursor where the true length is typed."""
        self.length.setFocus()
        self.length.selectAll()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._status)
        column.addWidget(self._distance)
        column.addLayout(_row(self.length, self.unit, self.use_length))
        or_height = dim_label(tr("Or the camera's height above the floor, in metres"), self)
        or_height.setWordWrap(True)
        column.addWidget(or_height)
        column.addLayout(_row(self.camera_height, self.use_height))

    def _give_length(self) -> None:
        if self.use_length.isEnabled():
            self.length_given.emit(self.length.value() * METRES[self.unit.currentText()])

    def _give_height(self) -> None:
        if self.use_height.isEnabled():
            self.height_given.emit(self.camera_height.value())


def _field(name: str, parent: QWidget) -> NumberField:
    field = NumberField(parent)
    field.setAccessibleName(name)
    field.setDecimals(3)
    field.setRange(0.0, 9999.0)
    field.setSingleStep(0.1)
    field.setValue(1.0)
    field.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return field


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is widgets[0] else 0)
    return row
