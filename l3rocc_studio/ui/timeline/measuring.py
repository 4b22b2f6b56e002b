"""Measures the quality of the newest run in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.model.quality import QualityTrack


class QualityMeter(QObject):
    """One run at a time; an older one is dropped as soon as another is wanted.

    Signals
    -------
    changed
        The quality of the wanted run is known, or there is none any more.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: Run | None = None
        self._in_hand: Run | None = None
        self._quality: QualityTrack | None = None
        self._job = Job(self)
        self._job.succeeded.connect(self._take)
        self._job.cancelled.connect(self._let_go)
        self._job.finished.connect(self._next)

    @property
    def quality(self) -> QualityTrack | None:
        """Of the wanted run, once it is known."""
        return self._quality

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being measured."""
        return not self._job.is_running

    def set_run(self, run: Run | None) -> None:
        """Measure a run, or forget the last one."""
        self._wanted, self._quality = run, None
        self.changed.emit()
        if self._job.is_running:
            self._job.cancel()
        else:
            self._next()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._wanted = None
        self._job.shut_down()

    def _next(self) -> None:
        run = self._wanted
        if run is None or run is self._in_hand:
            return
        self._in_hand = run

        def work(_events: EventSink, cancel: CancelToken) -> object:
            from l3rocc_studio.services.quality import measure_quality

            return measure_quality(run, cancel)

        self._job.start(work)

    def _let_go(self) -> None:
        self._in_hand = None

    def _take(self, quality: QualityTrack) -> None:
        if self._in_hand is self._wanted:
            self._quality = quality
            self.changed.emit()
