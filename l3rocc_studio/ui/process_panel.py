"""The side bar: what is open, the settings of the next run, the job that runs, and what the last run found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from l3rocc_engine.config import BACKEND_NAMES, PipelineConfig
from l3rocc_engine.errors import ConfigError
from l3rocc_studio.ui.actions import ActionSet
from l3rocc_studio.ui.job_card import JobCard
from l3rocc_studio.ui.start_page import action_button

BACKEND_LABELS = {
    "auto": "Automatic",
    "builtin": "Built-in (geometric)",
    "dataset": "Dataset poses",
    "pi3": "π³ (network)",
}
_AXES = "xyz"
_TEXT_MARGIN_PX = 6  # the style sheet's padding does not reach the text of a spin box


class ConfigForm(QWidget):
    """Fields of the settings that people change; reports whole, valid configurations only.

    Signals
    -------
    config_edited (PipelineConfig)
        A valid edit.
    refused (str)
        Why the fields as they stand make no valid settings; empty once they do.
    """

    config_edited = Signal(object)
    refused = Signal(str)

    def __init__(self, config: PipelineConfig, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self._is_showing = False
        self.backend = QComboBox(self)
        for name in BACKEND_NAMES:
            self.backend.addItem(BACKEND_LABELS[name], name)
        self.interval = _whole_number(1, 500, " frames", "Largest distance between keyframes", self)
        self.voxel_size = _length(0.005, 1.0, 0.01, 3, "Edge of a voxel", self)
        self.range_fields = [_length(-100.0, 100.0, 0.5, 2, "", self) for _ in range(6)]
        self.mesh = QCheckBox("Fill thin surfaces", self)
        self.mesh.setToolTip("Fill thin surfaces with a Poisson mesh before voxelisation")
        self.wrong = QLabel("", self)
        self.wrong.setObjectName("error")
        self.wrong.setWordWrap(True)
        self._lay_out()
        self._connect()
        self.show_config(config)

    @property
    def config(self) -> PipelineConfig:
        """The settings that the fields show."""
        return self._config

    def show_config(self, config: PipelineConfig) -> None:
        """Fill the fields."""
        self._config = config
        self._is_showing = True
        self.backend.setCurrentIndex(self.backend.findData(config.backend))
        self.interval.setValue(config.interval)
        self.voxel_size.setValue(config.voxel_size)
        self.mesh.setChecked(config.mesh)
        for field, value in zip(self.range_fields, config.pc_range, strict=True):
            field.setValue(value)
        self._is_showing = False
        self._say_wrong("")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (("Engine", self.backend), ("Interval", self.interval), ("Voxel size", self.voxel_size)):
            field.setAccessibleName(text)
            form.addRow(_dim(text, self), field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        range_title = _dim("Range around the camera", self)
        range_title.setToolTip("x to the right, y down, z ahead, from the camera")
        column.addWidget(range_title)
        column.addLayout(self._make_range())
        column.addWidget(self.mesh)
        column.addWidget(self.wrong)

    def _make_range(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        for column, end in enumerate(("from", "to")):
            for row, axis in enumerate(_AXES):
                field = self.range_fields[3 * column + row]
                field.setAccessibleName(f"Range {axis} {end}")
                field.setToolTip(f"Range along {axis}, {end}")
                grid.addWidget(_dim(axis if column == 0 else "to", self), row, 2 * column)
                field.setMinimumWidth(72)
                grid.addWidget(field, row, 2 * column + 1)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        return grid

    def _connect(self) -> None:
        self.backend.activated.connect(self._edited)
        self.mesh.clicked.connect(self._edited)
        self.interval.valueChanged.connect(self._edited)
        for field in (self.voxel_size, *self.range_fields):
            field.valueChanged.connect(self._edited)

    def _edited(self) -> None:
        if self._is_showing:
            return
        low_x, low_y, low_z, high_x, high_y, high_z = (round(field.value(), 6) for field in self.range_fields)
        changes = {
            "backend": self.backend.currentData(),
            "interval": self.interval.value(),
            "voxel_size": round(self.voxel_size.value(), 6),
            "pc_range": [low_x, low_y, low_z, high_x, high_y, high_z],
            "mesh": self.mesh.isChecked(),
        }
        try:
            config = self._config.with_changes(changes)
        except ConfigError as error:
            self._say_wrong(str(error))
            return
        self._say_wrong("")
        if config != self._config:
            self._config = config
            self.config_edited.emit(config)

    def _say_wrong(self, text: str) -> None:
        self.wrong.setText(text)
        self.wrong.setVisible(bool(text))
        self.refused.emit(text)


class FactsTable(QWidget):
    """Names and values in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[QLabel] = []

    @property
    def facts(self) -> dict[str, str]:
        """What is shown."""
        return {name.text(): value.text() for name, value in zip(self._labels[::2], self._labels[1::2], strict=True)}

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show other facts."""
        for label in self._labels:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._labels = []
        for row, (name, value) in enumerate(facts):
            shown = QLabel(value, self)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for column, label in enumerate((_dim(name, self), shown)):
                self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
                self._labels.append(label)


class ProcessPanel(QScrollArea):
    """The side bar."""

    def __init__(self, config: PipelineConfig, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(290)
        self.setAccessibleName("Process")
        self.form = ConfigForm(config, self)
        self.job_card = JobCard(self)
        self.process_button = action_button(actions, "process", "Process", self, is_primary=True)
        self.cancel_button = action_button(actions, "cancel", "Cancel", self)
        self.cancel_button.setVisible(False)
        self._source_name = QLabel("", self)
        self._source_name.setObjectName("title")
        self._source_name.setWordWrap(True)
        self._source_facts = _wrapped("small", self)
        self._source_warnings = _wrapped("warning", self)
        self._stale = _wrapped("warning", self)
        self._results = FactsTable(self)
        self._notes = _wrapped("small", self)
        self._lay_out()

    def _lay_out(self) -> None:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(_card(self, "SOURCE", self._source_name, self._source_facts, self._source_warnings))
        buttons = (self.process_button, self.cancel_button, self.job_card, self._stale)
        column.addWidget(_card(self, "PROCESS", self.form, *buttons))
        self._result_card = _card(self, "RESULT", self._results, self._notes)
        column.addWidget(self._result_card)
        column.addStretch(1)
        self.setWidget(page)
        self.show_result([], ())

    def show_source(self, name: str, facts: str, warnings: tuple[str, ...]) -> None:
        """Say what is open and what is odd about it."""
        self._source_name.setText(name)
        _say(self._source_facts, facts)
        _say(self._source_warnings, "\n".join(warnings))

    def show_result(self, facts: Sequence[tuple[str, str]], notes: Sequence[str]) -> None:
        """Say what the last run found; no facts hide the card."""
        self._results.show_facts(facts)
        _say(self._notes, "\n".join(notes))
        self._result_card.setVisible(bool(facts))

    @property
    def stale_text(self) -> str:
        """What is said about a result that does not match the settings; empty while it does."""
        return self._stale.text()

    def show_stale(self, text: str) -> None:
        """Say that the result does not match the settings; empty hides it."""
        _say(self._stale, text)

    def show_running(self, *, is_running: bool) -> None:
        """Swap Process for Cancel."""
        self.process_button.setVisible(not is_running)
        self.cancel_button.setVisible(is_running)
        self.form.setEnabled(not is_running)
        self.form.setToolTip("The settings can be changed when the job is done." if is_running else "")


def _whole_number(low: int, high: int, suffix: str, tooltip: str, parent: QWidget) -> QSpinBox:
    field = QSpinBox(parent)
    field.setRange(low, high)
    field.setSuffix(suffix)
    field.setToolTip(tooltip)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return field


def _length(low: float, high: float, step: float, decimals: int, tooltip: str, parent: QWidget) -> QDoubleSpinBox:
    field = QDoubleSpinBox(parent)
    field.setDecimals(decimals)
    field.setRange(low, high)
    field.setSingleStep(step)
    field.setToolTip(tooltip)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return field


def _dim(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setObjectName("dim")
    return label


def _wrapped(name: str, parent: QWidget) -> QLabel:
    label = QLabel("", parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setVisible(False)
    return label


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _card(parent: QWidget, title: str, *content: QWidget | QPushButton) -> QFrame:
    card = QFrame(parent)
    card.setObjectName("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 12, 14, 14)
    column.setSpacing(8)
    heading = QLabel(title, card)
    heading.setObjectName("section")
    column.addWidget(heading)
    for widget in content:
        column.addWidget(widget)
    return card
