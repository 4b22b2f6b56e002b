"""Asks what to take a picture of, how large, and where it should go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.labels import dim_label

SCALES = (1, 2, 4)


class Subject(Enum):
    """What is on the picture."""

    CLOUD = "cloud"
    OCCUPANCY = "occupancy"
    VIDEO = "video"
    PANELS = "panels"
    WINDOW = "window"

    @property
    def can_be_transparent(self) -> bool:
        """Whether there is a background to leave out."""
        return self in (Subject.CLOUD, Subject.OCCUPANCY, Subject.PANELS)


LABELS = {
    Subject.CLOUD: N_("Cloud panel"),
    Subject.OCCUPANCY: N_("Occupancy panel"),
    Subject.VIDEO: N_("Video panel"),
    Subject.PANELS: N_("All three panels"),
    Subject.WINDOW: N_("The whole window"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotSpec:
    """A picture to be taken.

    Attributes
    ----------
    subject
        What is on it.
    scale
        So many times as wide and high as on the screen.
    is_transparent
        Whether there is nothing behind the scenes.
    """

    subject: Subject = Subject.CLOUD
    scale: int = 2
    is_transparent: bool = False


class ScreenshotDialog(QDialog):
    """Stays open, so that one picture can follow another.

    Signals
    -------
    save_wanted (ShotSpec), copy_wanted (ShotSpec)
        Take the picture, for a file or for the clipboard.
    """

    save_wanted = Signal(object)
    copy_wanted = Signal(object)

    def __init__(self, spec: ShotSpec, sizes: dict[Subject, QSize], refusals: dict[Subject, str], parent: QWidget):
        super().__init__(parent)
        self.setWindowTitle(tr("Save a picture"))
        self._sizes = sizes
        self._refusals = refusals
        self.subject = QComboBox(self)
        self.subject.setAccessibleName(tr("What is on the picture"))
        for subject, label in LABELS.items():
            self.subject.addItem(tr(label), subject)
        self.scale = QComboBox(self)
        self.scale.setAccessibleName(tr("Size of the picture"))
        for scale in SCALES:
            self.scale.addItem("", scale)
        self.transparent = QCheckBox(tr("Transparent background"), self)
        self._note = QLabel("", self)
        self._note.setObjectName("small")
        self._note.setWordWrap(True)
        self.copy = QPushButton(tr("Copy"), self)
        self.save = QPushButton(tr("Save…"), self)
        self.save.setProperty("primary", "true")
        self.save.setDefault(True)
        self._lay_out()
        self.subject.setCurrentIndex(self.subject.findData(spec.subject))
        self.scale.setCurrentIndex(self.scale.findData(spec.scale))
        self.transparent.setChecked(spec.is_transparent)
        self.subject.currentIndexChanged.connect(lambda _index: self._update())
        self.save.clicked.connect(lambda _checked=False: self.save_wanted.emit(self.spec))
        self.copy.clicked.connect(lambda _checked=False: self.copy_wanted.emit(self.spec))
        self._update()

    @property
    def spec(self) -> ShotSpec:
        """What the fields say."""
        subject: Subject = self.subject.currentData()
        return ShotSpec(
            subject=subject,
            scale=self.scale.currentData(),
            is_transparent=self.transparent.isChecked() and subject.can_be_transparent,
        )

    def say(self, text: str) -> None:
        """Say what became of the picture."""
        self._note.setText(text)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        form.addRow(dim_label(tr("Picture"), self), self.subject)
        form.addRow(dim_label(tr("Size"), self), self.scale)
        form.addRow("", self.transparent)
        buttons = QHBoxLayout()
        close = QPushButton(tr("Close"), self)
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addLayout(buttons)
        self.setMinimumWidth(420)

    def _update(self) -> None:
        subject: Subject = self.subject.currentData()
        size, refusal = self._sizes[subject], self._refusals.get(subject, "")
        for index, scale in enumerate(SCALES):
            self.scale.setItemText(
                index,
                tr("{scale}×    {width} × {height} pixels").format(
                    scale=scale, width=size.width() * scale, height=size.height() * scale
                ),
            )
        self.transparent.setEnabled(subject.can_be_transparent)
        self.transparent.setToolTip("" if subject.can_be_transparent else tr("It has no background of its own."))
        for button in (self.save, self.copy):
            button.setEnabled(not refusal)
            button.setToolTip(refusal)
        self._note.setText(refusal)
