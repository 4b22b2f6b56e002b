"""Jobs beside processing, each in one line of the status bar with a button to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from l3rocc_studio.model.job import JobKind, JobPhase, JobState
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.job_card import left_text
from l3rocc_studio.ui.theme import Theme


class JobStrip(QWidget):
    """One line a job; hidden while the job is not active.

    Signals
    -------
    cancel_requested (JobKind)
        The stop button was pressed.
    """

    cancel_requested = Signal(object)

    def __init__(self, kind: JobKind, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = QLabel("", self)
        self._text.setObjectName("small")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.stop_button = QToolButton(self)
        self.stop_button.setToolTip(tr("Stop"))
        self.stop_button.setAccessibleName(tr("Stop this job"))
        self.stop_button.clicked.connect(lambda: self.cancel_requested.emit(kind))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(8)
        for widget in (self._text, self.bar, self.stop_button):
            row.addWidget(widget)
        self.setVisible(False)
        theme.changed.connect(self._tint)
        self._tint()

    @property
    def text(self) -> str:
        """The line as shown."""
        return self._text.text()

    def show_job(self, job: JobState) -> None:
        """Show where the job stands."""
        self.setVisible(job.is_active)
        self.stop_button.setEnabled(job.phase is JobPhase.RUNNING)
        if job.phase is JobPhase.CANCELLING:
            self._text.setText(tr("Stopping: {title}").format(title=tr(job.title)))
            self.bar.setRange(0, 0)
        elif job.status is None or not job.status.event.total:
            self._text.setText(tr(job.title))
            self.bar.setRange(0, 0)
        else:
            parts = (tr(job.title), stage_text(job.status.event.stage), left_text(job.status))
            self._text.setText(" · ".join(part for part in parts if part))
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(job.status.fraction * 1000))

    def _tint(self) -> None:
        self.stop_button.setIcon(self._theme.icon("close", "text_dim"))
