"""Options of the formats that have few."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from l3rocc_studio.model.export_request import CloudOptions, ColmapOptions, DatasetOptions, ExportRequest, VisualOptions
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.labels import dim_label

VISUAL_OUTPUTS = (
    ("merge_npy_sequence_cam", N_("Arrays, camera frame: cloud, path and occupancy")),
    ("merge_npy_sequence_world", N_("Arrays, world frame, with colours")),
    ("merge_ply_sequence_cam", N_("PLY, camera frame: cloud, path and occupancy")),
    ("merge_ply_sequence_world", N_("PLY, world frame: cloud, path and occupancy")),
    ("occ_only_cam_npy", N_("Arrays, camera frame: occupancy only")),
    ("occ_only_cam_ply", N_("PLY, camera frame: occupancy only")),
)
_ALL_POINTS = 0


class FormatPage(QWidget):
    """Options of one format.

    Signals
    -------
    edited
        Something was changed.
    """

    edited = Signal()

    def __init__(self, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = QLabel(tr(about), self)
        text.setWordWrap(True)
        text.setObjectName("small")
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setVerticalSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(text)
        column.addLayout(self.form)
        column.addStretch(1)

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's options."""
        return request

    def _check(self, text: str, *, is_on: bool, tooltip: str = "") -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(is_on)
        box.setToolTip(tooltip)
        box.toggled.connect(lambda _on: self.edited.emit())
        self.form.addRow(box)
        return box

    def _points(self) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(_ALL_POINTS, 100_000_000)
        box.setSingleStep(50_000)
        box.setGroupSeparatorShown(True)
        box.setSpecialValueText(tr("all"))
        box.setAccessibleName(tr("Max points"))
        box.valueChanged.connect(lambda _value: self.edited.emit())
        self.form.addRow(dim_label(tr("Max points"), self), box)
        return box


class DatasetPage(FormatPage):
    """Words that go into a dataset.

    Parameters
    ----------
    about
        What is written.
    options
        As they were chosen the last time.
    usual_robot
        What is stated where no robot is named.
    """

    def __init__(self, about: str, options: DatasetOptions, usual_robot: str, parent: QWidget | None = None) -> None:
        super().__init__(about, parent)
        self.task = self._line(
            tr("Task"),
            options.task,
            tr("as the source says"),
            tr("What the robot was told to do, such as: walk to the sofa. Language-conditioned policies need it."),
        )
        self.robot = self._line(
            tr("Robot type"), options.robot_type, usual_robot, tr("Name of the robot that the dataset states.")
        )

    @property
    def options(self) -> DatasetOptions:
        """What was typed."""
        return DatasetOptions(task=self.task.text().strip(), robot_type=self.robot.text().strip())

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's options."""
        return dataclasses.replace(request, dataset=self.options)

    def _line(self, name: str, text: str, placeholder: str, tooltip: str) -> QLineEdit:
        line = QLineEdit(text, self)
        line.setPlaceholderText(placeholder)
        line.setAccessibleName(name)
        line.setToolTip(tooltip)
        line.setClearButtonEnabled(True)
        line.textChanged.connect(lambda _text: self.edited.emit())
        self.form.addRow(dim_label(name, self), line)
        return line


class PlyPage(FormatPage):
    """Options of a PLY."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("The coloured cloud for MeshLab, CloudCompare and Open3D: one binary file."), parent)
        self.normals = self._check(tr("Estimate normals"), is_on=True)
        self.points = self._points()

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's options."""
        options = CloudOptions(max_points=self.points.value() or None, has_normals=self.normals.isChecked())
        return dataclasses.replace(request, cloud=options)


class GlbPage(FormatPage):
    """Options of a GLB."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("The cloud and the camera path for the web: one glTF 2.0 file, Y up."), parent)
        self.trajectory = self._check(tr("Camera path"), is_on=True)
        self.frusta = QSpinBox(self)
        self.frusta.setRange(0, 500)
        self.frusta.setValue(12)
        self.frusta.setSpecialValueText(tr("none"))
        self.frusta.setAccessibleName(tr("Draw cameras"))
        self.frusta.valueChanged.connect(lambda _value: self.edited.emit())
        self.form.addRow(dim_label(tr("Draw cameras"), self), self.frusta)
        self.points = self._points()

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's options."""
        options = CloudOptions(
            max_points=self.points.value() or None,
            has_trajectory=self.trajectory.isChecked(),
            num_frusta=self.frusta.value(),
        )
        return dataclasses.replace(request, cloud=options)


class ColmapPage(FormatPage):
    """Options of a COLMAP model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Cameras, images and points as a COLMAP model, ready for splatting or meshing."), parent)
        self.kind = QComboBox(self)
        self.kind.addItem(tr("Binary"), False)
        self.kind.addItem(tr("Text"), True)
        self.kind.setAccessibleName(tr("Model format"))
        self.kind.activated.connect(lambda _index: self.edited.emit())
        self.form.addRow(dim_label(tr("Model"), self), self.kind)
        self.images = self._check(tr("Save keyframes as images"), is_on=True)

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's options."""
        options = ColmapOptions(is_text=self.kind.currentData(), has_images=self.images.isChecked())
        return dataclasses.replace(request, colmap=options)


class VisualPage(FormatPage):
    """Options of the visual format."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("The sequences of L3ROcc's visual format, one file per frame, for its viewers."), parent)
        self.once = self._check(
            tr("Store the cloud once, not in every frame"),
            is_on=True,
            tooltip=tr("The original repeats it in every frame."),
        )
        self.outputs = {name: self._check(tr(text), is_on=True, tooltip=name) for name, text in VISUAL_OUTPUTS}

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's options."""
        chosen = tuple(name for name, box in self.outputs.items() if box.isChecked())
        return dataclasses.replace(
            request, visual=VisualOptions(outputs=chosen, stores_background_once=self.once.isChecked())
        )

    @property
    def refusal(self) -> str:
        """Why this cannot be exported as it is."""
        return "" if any(box.isChecked() for box in self.outputs.values()) else tr("Choose at least one sequence.")
