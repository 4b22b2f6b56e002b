"""Works the queue off in the background, one entry at a time, and keeps it on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemResult, QueueItem
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.stage_track import StageTrack, StageTracker
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.services.latest_writer import LatestWriter
from l3rocc_studio.services.outlook_service import OutlookService
from l3rocc_studio.services.queue_store import QueueStore, queue_to_dict
from l3rocc_studio.services.queue_work import process_item
from l3rocc_studio.ui.bridge import Job, Latest

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.source import FrameSource

SAVE_AFTER_MS = 200


class QueueRunner(QObject):
    """Begins the next entry when it is due.

    What is processed in the window goes first: no entry is begun meanwhile, and one that runs goes on beside it.

    Signals
    -------
    progressed
        The running entry is further.
    ended (str)
        Key of an entry that is done, failed or stopped.
    not_saved (L3roccError)
        The queue could not be written.
    """

    progressed = Signal()
    ended = Signal(str)
    not_saved = Signal(object)

    def __init__(
        self,
        queue: Queue,
        store: QueueStore,
        jobs: JobService,
        outlooks: OutlookService,
        session: Session,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._store = store
        self._jobs = jobs
        self._outlooks = outlooks
        self._session = session
        self._tracker: StageTracker | None = None
        self._key = ""
        self._is_stopping = False
        self._job = Job(self)
        self._job.progressed.connect(lambda _status: self.progressed.emit())
        self._job.succeeded.connect(self._succeeded)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self._cancelled)
        self._job.finished.connect(self._ended)
        self._errors = Latest(self)
        self._errors.arrived.connect(self.not_saved)
        self._writer: LatestWriter[dict[str, Any]] = LatestWriter(store.save, self._errors.put, name="queue-writer")
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(SAVE_AFTER_MS)
        self._save_timer.timeout.connect(self._save)
        self._disconnects = [
            queue.changed.connect(self._changed),
            queue.item_changed.connect(lambda _key: self._changed()),
            queue.paused_changed.connect(lambda _is_paused: self._changed()),
            session.job_changed.connect(lambda _kind: self._advance_soon()),
        ]

    @property
    def track(self) -> StageTrack:
        """How far the running entry is."""
        return self._tracker.snapshot() if self._tracker else StageTrack()

    @property
    def is_stopping(self) -> bool:
        """Whether the running entry was asked to stop."""
        return self._is_stopping

    @property
    def is_held_back(self) -> bool:
        """Whether an entry waits only because the window is processing."""
        return self._queue.next_waiting is not None and self._session.job(JobKind.PROCESS).is_active

    def stop(self) -> None:
        """Stop the running entry."""
        if self._job.is_running:
            self._is_stopping = True
            self._job.cancel()
            self.progressed.emit()

    def shut_down(self) -> None:
        """Stop, note that the running entry was interrupted, and write the queue."""
        for disconnect in self._disconnects:
            disconnect()
        self._save_timer.stop()
        self._job.shut_down()
        self._queue.interrupt()
        self._store.forget_logs(item.key for item in self._queue.items)
        self._save()
        self._writer.close()
        self._store.give_back()

    def _changed(self) -> None:
        self._save_timer.start()
        self._advance_soon()

    def _advance_soon(self) -> None:
        # In an event of its own: whoever changed the queue goes on first.
        QTimer.singleShot(0, self, self._advance)

    def _advance(self) -> None:
        item = self._queue.next_waiting
        if item is None or self._job.is_running or self.is_held_back:
            return
        begun = self._queue.begin(item.key)
        if begun is not None:
            self._start(begun)

    def _start(self, item: QueueItem) -> None:
        self._key, self._is_stopping = item.key, False
        self._tracker = tracker = StageTracker()
        jobs, outlooks, log = self._jobs, self._outlooks, self._store.begin_log(item)

        def expect(source: FrameSource, config: PipelineConfig) -> None:
            outlook = outlooks.look(source, config)
            if outlook.forecast is not None:
                tracker.expect(outlook.forecast.stage_s, outlook.kept_steps, outlook.slowdown)

        def work(events: EventSink, cancel: CancelToken) -> object:
            return process_item(item, jobs, log, events=tracker.before(events), cancel=cancel, on_open=expect)

        self._job.start(work)

    def _succeeded(self, result: ItemResult) -> None:
        self._queue.finish(self._key, result)

    def _failed(self, error: L3roccError) -> None:
        self._queue.fail(self._key, error.message, error.hint)

    def _cancelled(self) -> None:
        self._queue.stop(self._key)

    def _ended(self) -> None:
        key, self._key, self._tracker, self._is_stopping = self._key, "", None, False
        self.ended.emit(key)
        self._advance_soon()

    def _save(self) -> None:
        self._writer.put(queue_to_dict(self._queue))
