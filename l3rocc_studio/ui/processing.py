"""Processing what is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.stage_track import StageTracker
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.growing_cloud import CloudWatch
from l3rocc_studio.services.growing_occupancy import OccupancyWatch
from l3rocc_studio.services.job_service import FinishedRun, JobService
from l3rocc_studio.services.recasting import needs_rays_alone, recast_dataset_run
from l3rocc_studio.ui.bridge import Latest, Work
from l3rocc_studio.ui.session_job import SessionJob
from l3rocc_studio.ui.staging import prepare_growth

if TYPE_CHECKING:
    from l3rocc_engine.cloud.point_cloud import PointCloud
    from l3rocc_engine.geometry.trajectory import Trajectory


class Processor(QObject):
    """Runs the engine on the session's source.

    Signals
    -------
    processed (FinishedRun)
        The result; the session has it already.
    grown (object, int)
        What :attr:`prepare_growth` made of the cloud so far, and the frame of the timeline that its way begins with.
    seen (PreparedGrowth)
        The occupancy so far, whose first frames can be shown.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    seen = Signal(object)
    processed = Signal(object)
    grown = Signal(object, int)
    failed = Signal(str, object)

    def __init__(self, session: Session, jobs: JobService, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._job = SessionJob(session, JobKind.PROCESS, self)
        self._job.succeeded.connect(self._finish)
        self._job.failed.connect(self.failed)
        self._first_frame = 0
        self._growth = Latest(self)
        self._growth.arrived.connect(self._grow)
        self._sight = Latest(self)
        self._sight.arrived.connect(self._see)
        self.prepare_growth: Callable[[PointCloud, Trajectory], object] | None = None
        """Makes a growing cloud ready to be shown, on the worker's thread; None shows nothing before the end."""
        self.make_tracker: Callable[[], StageTracker] = StageTracker
        """Makes what keeps account of the stages of the run that starts."""

    def start(self) -> None:
        """Process the source with the settings of the next run.

        Of a result from a dataset folder that only gets another range, just the rays are cast anew.
        """
        source, config, jobs = self._session.source, self._session.config, self._jobs
        if source is None or self._job.is_running:
            return
        run, location = self._session.run, self._session.run_location
        if run is not None and location is not None and needs_rays_alone(run, location, config):
            self._start(
                source.name,
                lambda events, cancel: recast_dataset_run(run, location, config, events=events, cancel=cancel),
            )
            return
        self._first_frame = config.frame_range[0] if config.frame_range else 0
        frames = OccupancyWatch(lambda run: self._sight.put(prepare_growth(run)))
        cloud = self._watch_cloud()

        def work(events: EventSink, cancel: CancelToken) -> object:
            events = frames.following(events)
            return jobs.process(
                source,
                config,
                events=events if cloud is None else cloud.following(events),
                cancel=cancel,
                on_point_map=None if cloud is None else cloud.take,
                on_occupancy=frames.begin,
            )

        self._start(source.name, work)

    def _start(self, name: str, work: Work) -> None:
        self._job.start(tr("Processing {name}").format(name=name), work, self.make_tracker())

    def start_work(self, title: str, work: Work) -> bool:
        """Do something else that ends in a :class:`FinishedRun`, such as a new scale; whether it could begin."""
        if self._job.is_running:
            return False
        self._job.start(title, work)
        return True

    def cancel(self) -> None:
        """Ask the engine to stop."""
        self._job.cancel()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._job.shut_down()

    def _watch_cloud(self) -> CloudWatch | None:
        prepare, carrier = self.prepare_growth, self._growth
        return None if prepare is None else CloudWatch(lambda cloud, poses: carrier.put(prepare(cloud, poses)))

    def _grow(self, growth: object) -> None:
        if self._job.is_running:
            self.grown.emit(growth, self._first_frame)

    def _see(self, growth: object) -> None:
        if self._job.is_running:
            self.seen.emit(growth)

    def _finish(self, result: object) -> None:
        if isinstance(result, FinishedRun):
            self._session.finish_run(result.run, result.location)
            self.processed.emit(result)
