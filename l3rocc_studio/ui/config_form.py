"""Fields of the settings of the next run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from l3rocc_engine.config import BACKEND_NAMES, PipelineConfig
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.device import DEVICE_NAMES
from l3rocc_studio.model.counts import frames_text
from l3rocc_studio.model.setting_words import BACKEND_WORDS
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.ui.calm_controls import CalmComboBox, CalmSpinBox
from l3rocc_studio.ui.labels import dim_label, hidden_label, show_text
from l3rocc_studio.ui.number_field import NumberField

DEVICE_LABELS = {"auto": N_("Automatic"), "cpu": N_("CPU"), "cuda": N_("GPU (CUDA)")}
METRES_TIP, UNITS_TIP = (
    N_("Voxel edge length in metres"),
    N_("Voxel edge length in units of the reconstruction, whose size is not known until you set the scale"),
)
RATE_TIP = N_("How many pictures a second were taken. Pictures do not say; the times in the dataset follow from it.")
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
        self.backend = CalmComboBox(self)
        for name in BACKEND_NAMES:
            self.backend.addItem(tr(BACKEND_WORDS[name]), name)
        self.reason = hidden_label("small", self)
        self.device = CalmComboBox(self)
        for name in DEVICE_NAMES:
            self.device.addItem(tr(DEVICE_LABELS[name]), name)
        self.device.setToolTip(tr("Where occupancy is computed; the result is bit-identical"))
        self.frames = QLabel(tr("All frames"), self)
        self.frames.setToolTip(tr("Set in and out points on the timeline to process only a range"))
        self.rate = _length(0.1, 1000.0, 1.0, 2, tr(RATE_TIP), self)
        self.rate.setSuffix(tr(" fps"))
        self.interval = _whole_number(1, 500, tr(" frames"), tr("Max distance between keyframes"), self)
        self.voxel_size = _length(0.005, 1.0, 0.01, 3, "", self)
        self.range_fields = [_length(-100.0, 100.0, 0.5, 3, "", self) for _ in range(6)]
        self.mesh = QCheckBox(tr("Fill thin surfaces"), self)
        self.mesh.setToolTip(tr("Fill thin surfaces with a Poisson mesh before voxelisation"))
        self.wrong = QLabel("", self)
        self.wrong.setObjectName("error")
        self.wrong.setWordWrap(True)
        self._range_title = dim_label("", self)
        self.rate_note = hidden_label("small", self)
        self.rate_note.setText(tr("Assumed: pictures have no times."))
        self._lay_out()
        self._connect()
        self.show_rate(is_needed=False)
        self.show_unit(is_metric=False)
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
        self.rate.setValue(config.fps)
        self._show_rate_note()
        self.interval.setValue(config.interval)
        self.voxel_size.setValue(config.voxel_size)
        self.mesh.setChecked(config.mesh)
        self.device.setCurrentIndex(self.device.findData(config.device))
        self.frames.setText(_frames_text(config.frame_range))
        for field, value in zip(self.range_fields, config.pc_range, strict=True):
            field.setValue(value)
        self._is_showing = False
        self._say_wrong("")

    def show_unit(self, *, is_metric: bool) -> None:
        """Say whether lengths of the next run are metres, or units that nobody knows the size of."""
        self.voxel_size.setSuffix(" m" if is_metric else tr(" units"))
        self.voxel_size.setToolTip(tr(METRES_TIP) if is_metric else tr(UNITS_TIP))
        metres, units = tr("Range around the camera, in metres"), tr("Range around the camera, in units")
        self._range_title.setText(metres if is_metric else units)

    def show_rate(self, *, is_needed: bool) -> None:
        """Ask for the rate of pictures that do not say it; other inputs do."""
        for widget in (self._rate_name, self.rate):
            widget.setVisible(is_needed)
        self._show_rate_note()

    def _show_rate_note(self) -> None:
        """What nobody has changed is an assumption."""
        is_assumed = self._config.fps == PipelineConfig().fps
        self.rate_note.setVisible(self.rate.isVisibleTo(self) and is_assumed)

    @property
    def main_fields(self) -> tuple[QWidget, ...]:
        """The field of each of ``PROCESS_FIELDS``."""
        return self.backend, self.interval, self.voxel_size, self.device, self.range_fields[0], self.mesh

    def show_reason(self, reason: str, backend: str) -> None:
        """Say what Automatic stands for, and why; silent where the engine was named."""
        is_auto = self._config.backend == "auto" and bool(reason)
        engine = tr(BACKEND_WORDS.get(backend, backend))
        said = tr("{engine}: {reason}").format(engine=engine, reason=retell(reason))
        self.reason.setText(said if is_auto else "")
        self.reason.setVisible(is_auto)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fields: tuple[tuple[str, QWidget], ...] = (
            (tr("Engine"), self.backend),
            (tr("Frames"), self.frames),
            (tr("Frame rate"), self.rate),
            (tr("Interval"), self.interval),
            (tr("Voxel size"), self.voxel_size),
            (tr("Device"), self.device),
        )
        for text, field in fields:
            field.setAccessibleName(text)
            name = dim_label(text, self)
            name.setMinimumHeight(field.sizeHint().height())
            form.addRow(name, field)
            if field is self.backend:
                form.addRow(self.reason)
            if field is self.rate:
                self._rate_name = name
                form.addRow(self.rate_note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        self._range_title.setToolTip(tr("Camera axes: x right, y down, z forward"))
        column.addWidget(self._range_title)
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
                field.setAccessibleName(tr("Range {axis} {end}").format(axis=axis, end=end))
                field.setToolTip(tr("Range along {axis}, {end}").format(axis=axis, end=end))
                grid.addWidget(dim_label(axis if column == 0 else tr("to"), self), row, 2 * column)
                field.setMinimumWidth(72)
                grid.addWidget(field, row, 2 * column + 1)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        return grid

    def _connect(self) -> None:
        self.backend.activated.connect(self._edited)
        self.device.activated.connect(self._edited)
        self.mesh.clicked.connect(self._edited)
        self.interval.valueChanged.connect(self._edited)
        for field in (self.rate, self.voxel_size, *self.range_fields):
            field.valueChanged.connect(self._edited)

    def _edited(self) -> None:
        if self._is_showing:
            return
        low_x, low_y, low_z, high_x, high_y, high_z = (round(field.value(), 6) for field in self.range_fields)
        changes = {
            "backend": self.backend.currentData(),
            "device": self.device.currentData(),
            "fps": round(self.rate.value(), 6) if self.rate.isVisibleTo(self) else self._config.fps,
            "interval": self.interval.value(),
            "voxel_size": round(self.voxel_size.value(), 6),
            "pc_range": [low_x, low_y, low_z, high_x, high_y, high_z],
            "mesh": self.mesh.isChecked(),
        }
        try:
            config = self._config.with_changes(changes)
        except ConfigError as error:
            self._say_wrong(retell(str(error)))
            return
        self._say_wrong("")
        if config != self._config:
            self._config = config
            self.config_edited.emit(config)

    def _say_wrong(self, text: str) -> None:
        show_text(self.wrong, text)
        self.refused.emit(text)


def _frames_text(frame_range: tuple[int, ...]) -> str:
    if not frame_range:
        return tr("All frames")
    first, last = frame_range
    return tr("{first:,} to {last:,} ({frames})").format(first=first, last=last, frames=frames_text(last - first + 1))


def _whole_number(low: int, high: int, suffix: str, tooltip: str, parent: QWidget) -> QSpinBox:
    field = CalmSpinBox(parent)
    field.setRange(low, high)
    field.setSuffix(suffix)
    field.setToolTip(tooltip)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return field


class LengthField(NumberField):
    """Three decimals where they are needed, two where they are not."""

    def textFromValue(self, value: float) -> str:  # noqa: N802  (Qt's name)
        """The number as it is shown."""
        text = super().textFromValue(value)
        return text.removesuffix("0") if self.decimals() > 2 else text


def _length(low: float, high: float, step: float, decimals: int, tooltip: str, parent: QWidget) -> LengthField:
    field = LengthField(parent)
    field.setDecimals(decimals)
    field.setRange(low, high)
    field.setSingleStep(step)
    field.setToolTip(tooltip)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return field
