"""Bytes, speed and time left of a long transfer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from l3rocc_engine.progress import StageStatus
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.job_card import left_text

_STEPS = 1000


class TransferBar(QWidget):
    """A bar with numbers and a way to stop; hidden while nothing runs.

    Signals
    -------
    cancel_wanted
        The person wants it to stop.
    """

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first: tuple[str, int, float] | None = None
        self.text = QLabel("", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel_button = QPushButton(tr("Stop"), self)
        self.cancel_button.clicked.connect(self._cancel)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(self.cancel_button)
        self.hide()

    def show_running(self, *, is_running: bool, text: str = "") -> None:
        """Something started, which ``text`` says until there are numbers, or ended."""
        self._first = None
        self.setVisible(is_running)
        self.cancel_button.setEnabled(is_running)
        self.text.setText(text)
        self.bar.setRange(0, 0)

    def show_status(self, status: StageStatus) -> None:
        """How far it is."""
        if not self.cancel_button.isEnabled():
            return
        event = status.event
        if self._first is None or self._first[0] != event.stage:
            # A download that goes on begins with what was there before.
            self._first = (event.stage, event.done, status.elapsed_s)
        if not event.total:
            self.bar.setRange(0, 0)
            return
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(round(status.fraction * _STEPS))
        counts = tr("{done:.2f} of {total:.2f} GB").format(done=event.done / 1e9, total=event.total / 1e9)
        parts = [f"{stage_text(event.stage)}  {counts}", *self._pace(status)]
        self.text.setText("  ·  ".join(parts))

    def _pace(self, status: StageStatus) -> list[str]:
        """Speed and time left, counted from what this attempt brought."""
        assert self._first is not None
        _, first_done, first_s = self._first
        brought, seconds = status.event.done - first_done, status.elapsed_s - first_s
        if seconds < 1.0 or brought <= 0:
            return []
        rate = brought / seconds
        left_s = (status.event.total - status.event.done) / rate
        words = left_text(StageStatus(event=status.event, elapsed_s=seconds, left_s=left_s))
        return [tr("{rate:.1f} MB/s").format(rate=rate / 1e6), words]

    def _cancel(self) -> None:
        self.text.setText(tr("Stopping…"))
        self.cancel_button.setEnabled(False)
        self.bar.setRange(0, 0)
        self.cancel_wanted.emit()
