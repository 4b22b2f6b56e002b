"""Measures the quality of the newest run in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken
from l3rocc_studio.ui.newest_job import NewestJob

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
        self._quality: QualityTrack | None = None
        self._job = NewestJob(self)
        self._job.done.connect(self._take)

    @property
    def quality(self) -> QualityTrack | None:
        """Of the wanted run, once it is known."""
        return self._quality

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being measured."""
        return self._job.is_idle

    def set_run(self, run: Run | None) -> None:
        """Measure a run, or forget the last one."""
        self._quality = None
        self.changed.emit()
        if run is None:
            self._job.drop()
        else:
            self._job.start(lambda cancel: _measure(run, cancel))

    def shut_down(self) -> None:
        """Stop and wait."""
        self._job.shut_down()

    def _take(self, quality: QualityTrack) -> None:
        self._quality = quality
        self.changed.emit()


def _measure(run: Run, cancel: CancelToken) -> QualityTrack:
    from l3rocc_studio.services.quality import measure_quality

    return measure_quality(run, cancel)
