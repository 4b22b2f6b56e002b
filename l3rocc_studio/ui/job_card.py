"""How far a job is: stage, bar, time left."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from l3rocc_engine.progress import StageStatus
from l3rocc_studio.model.job import JobPhase, JobState
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.ui.labels import show_text
from l3rocc_studio.ui.summary import between_text

_BAR_STEPS = 1000


class JobCard(QWidget):
    """Shows a :class:`JobState`; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = QLabel("", self)
        self._stage.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._left = QLabel("", self)
        self._left.setObjectName("small")
        self._message = QLabel("", self)
        self._message.setObjectName("small")
        self._message.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the stage"))
        row = QHBoxLayout()
        row.addWidget(self._stage, 1)
        row.addWidget(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self._message)
        self.setVisible(False)

    @property
    def stage_text(self) -> str:
        """The stage as shown."""
        return self._stage.text()

    @property
    def left_text(self) -> str:
        """The time left as shown."""
        return self._left.text()

    @property
    def message(self) -> str:
        """What is being done right now, as shown."""
        return self._message.text()

    def show_job(self, job: JobState) -> None:
        """Show where the job stands."""
        self.setVisible(job.is_active)
        if not job.is_active:
            return
        if job.phase is JobPhase.CANCELLING:
            self._stage.setText(tr("Stopping…"))
            self._left.setText("")
            self.bar.setRange(0, 0)
        elif job.status is None:
            self._stage.setText(tr(job.title))
            self._left.setText("")
            self.bar.setRange(0, 0)
        else:
            self._show_status(job.status)
            self._show_track(job)
        message = job.status.event.message if job.status else ""
        show_text(self._message, retell(message))

    def _show_track(self, job: JobState) -> None:
        """The whole job's time left and share, where what is still to come is known; the list tells of its stages."""
        left_range_s, fraction = job.track.left_range_s, job.track.fraction
        if left_range_s is not None and fraction is not None:
            self._stage.setText(tr(job.title))
            self._left.setText(tr("{time} left").format(time=between_text(*left_range_s)))
            self.bar.setRange(0, _BAR_STEPS)
            self.bar.setValue(round(fraction * _BAR_STEPS))

    def _show_status(self, status: StageStatus) -> None:
        self._stage.setText(stage_text(status.event.stage))
        self._left.setText(left_text(status))
        if status.event.total:
            self.bar.setRange(0, _BAR_STEPS)
            self.bar.setValue(round(status.fraction * _BAR_STEPS))
        else:
            self.bar.setRange(0, 0)


def left_text(status: StageStatus) -> str:
    """Time left in words that do not pretend to be exact."""
    if status.left_s is None:
        return ""
    seconds = round(status.left_s)
    if seconds < 60:
        return tr("{seconds} s left").format(seconds=seconds) if seconds else tr("almost done")
    return tr("{minutes} min {seconds:02d} s left").format(minutes=seconds // 60, seconds=seconds % 60)
