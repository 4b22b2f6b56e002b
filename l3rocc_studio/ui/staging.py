"""Makes a run ready for the 3D panels in a thread before they take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_engine.run import GrowingRun, Run
    from l3rocc_studio.render.extent import Extent
    from l3rocc_studio.render.prepared_world import PreparedWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """A run and what its panels need of it."""

    run: Run
    world: PreparedWorld
    extent: Extent


def prepare_run(run: Run) -> PreparedRun:
    """The slow part of showing a run; touches neither Qt nor a renderer."""
    from l3rocc_studio.render.extent import measure_extent
    from l3rocc_studio.render.grid_box import box_sides
    from l3rocc_studio.render.prepared_world import prepare_world

    box_sides(run.occupancy.grid)
    return PreparedRun(run=run, world=prepare_world(run), extent=measure_extent(run.occupancy))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedGrowth:
    """A run whose occupancy is being made, the frames that were there when this was prepared, and what they fill."""

    run: GrowingRun
    num_ready: int
    extent: Extent


def prepare_growth(run: GrowingRun) -> PreparedGrowth:
    """The slow part of showing a run that still grows; touches neither Qt nor a renderer."""
    from l3rocc_studio.render.extent import measure_extent
    from l3rocc_studio.render.grid_box import box_sides

    box_sides(run.occupancy.grid)
    return PreparedGrowth(run=run, num_ready=run.occupancy.num_ready, extent=measure_extent(run.occupancy))


class Stager(QObject):
    """Prepares the newest run; one that was overtaken is dropped.

    Signals
    -------
    staged (PreparedRun)
        The panels can take it.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    staged = Signal(object)
    failed = Signal(str, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: Run | None = None
        self._job = Job(self)
        self._job.succeeded.connect(self._deliver)
        self._job.failed.connect(lambda error: self.failed.emit(tr("Showing the result"), error))
        self._job.finished.connect(self._next)
        self._in_hand: Run | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being prepared."""
        return self._wanted is None and not self._job.is_running

    def set_run(self, run: Run | None) -> None:
        """Prepare a run, or nothing."""
        self._wanted = run
        self._in_hand = None
        if not self._job.is_running:
            self._next()

    def shut_down(self) -> None:
        """Wait for the thread."""
        self._wanted = None
        self._job.shut_down()

    def _next(self) -> None:
        run, self._wanted = self._wanted, None
        if run is None:
            return
        self._in_hand = run

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            return prepare_run(run)

        self._job.start(work)

    def _deliver(self, prepared: PreparedRun) -> None:
        if prepared.run is self._in_hand:
            self.staged.emit(prepared)
