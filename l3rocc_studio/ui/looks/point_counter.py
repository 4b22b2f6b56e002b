"""Counts in a thread how many points a filter leaves; the newest wish wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.looks import CloudFilter
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_studio.render.cloud_measures import CloudMeasures


class PointCounter(QObject):
    """One count at a time.

    Signals
    -------
    counted (int, int)
        Points that are left, and points that there are.
    """

    counted = Signal(int, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: tuple[CloudMeasures, CloudFilter] | None = None
        self._job = Job(self)
        self._job.succeeded.connect(lambda counts: self.counted.emit(*counts))
        self._job.finished.connect(self._next)

    @property
    def is_idle(self) -> bool:
        """Whether every wish was fulfilled."""
        return self._wanted is None and not self._job.is_running

    def count(self, measures: CloudMeasures, filters: CloudFilter) -> None:
        """Wish for a count; replaces a wish that was not taken up yet."""
        self._wanted = (measures, filters)
        if not self._job.is_running:
            self._next()

    def shut_down(self) -> None:
        """Wait for the thread."""
        self._wanted = None
        self._job.shut_down()

    def _next(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        measures, filters = wanted

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            return int(measures.kept(filters).sum()), measures.num_points

        self._job.start(work)
