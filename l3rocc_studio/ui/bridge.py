"""The only place where work crosses between threads and the GUI."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from l3rocc_engine.errors import Cancelled, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, StageClock, StageStatus
from l3rocc_studio.model.program_bug import told

T = TypeVar("T")
Work = Callable[[EventSink, CancelToken], object]
PROGRESS_INTERVAL_MS = 100
_log = logging.getLogger(__name__)


class LatestBox(Generic[T]):
    """Holds the newest value that a worker put in; older ones that nobody took are gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None

    def put(self, value: T) -> bool:
        """Store a value; true if the box was empty, so that the reader needs to be told."""
        with self._lock:
            was_empty = self._value is None
            self._value = value
            return was_empty

    def take(self) -> T | None:
        """Empty the box."""
        with self._lock:
            value, self._value = self._value, None
            return value


class Latest(QObject):
    """Carries values from any thread to the GUI thread; a newer value replaces one that is still on its way."""

    arrived = Signal(object)
    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._box: LatestBox[Any] = LatestBox()
        self._posted.connect(self._deliver)

    def put(self, value: object) -> None:
        """Send a value; call it from any thread."""
        if self._box.put(value):
            self._posted.emit()

    def _deliver(self) -> None:
        value = self._box.take()
        if value is not None:
            self.arrived.emit(value)


class _WorkThread(QThread):
    """Runs one piece of work and keeps its outcome."""

    def __init__(self, work: Work, sink: EventSink, cancel: CancelToken) -> None:
        # No parent: Python alone owns the thread, so it is never deleted from two sides.
        super().__init__()
        self._work = work
        self._sink = sink
        self._cancel = cancel
        self.result: object = None
        self.error: L3roccError | None = None
        self.was_cancelled = False

    def run(self) -> None:
        """Do the work on this thread."""
        try:
            self.result = self._work(self._sink, self._cancel)
        except Cancelled:
            self.was_cancelled = True
        except L3roccError as error:
            _log.info("A job failed: %s", error, exc_info=error.__cause__ is not None)
            self.error = error
        except Exception as error:  # noqa: BLE001  the last net of a thread: a bug must reach the person as a report
            _log.exception("A job met a bug.")
            self.error = told(error)


class Job(QObject):
    """One piece of work at a time in a QThread, with progress at most ten times a second.

    Signals
    -------
    started, progressed (StageStatus), succeeded (object), failed (L3roccError), cancelled, finished
        All on the GUI thread; ``finished`` comes last, however the job ended.
    """

    started = Signal()
    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _WorkThread | None = None
        self._cancel = CancelToken()
        self._clock = StageClock()
        self._newest: LatestBox[StageStatus] = LatestBox()
        self._ticker = QTimer(self)
        self._ticker.setInterval(PROGRESS_INTERVAL_MS)
        self._ticker.timeout.connect(self._report)

    @property
    def is_running(self) -> bool:
        """Whether work is under way or its outcome has not been announced yet."""
        return self._thread is not None

    def start(self, work: Work) -> None:
        """Begin; the job must not be running."""
        if self._thread is not None:
            raise RuntimeError("This job is still running.")
        self._cancel = CancelToken()
        self._clock = StageClock()
        self._newest.take()
        self._thread = _WorkThread(work, self._note, self._cancel)
        self._thread.finished.connect(self._end)
        self._ticker.start()
        self._thread.start()
        self.started.emit()

    def cancel(self) -> None:
        """Ask the work to stop; ``cancelled`` follows when it has."""
        self._cancel.set()

    def shut_down(self) -> None:
        """Cancel, wait, and announce nothing: the window is going away."""
        self._cancel.set()
        self._ticker.stop()
        if self._thread is not None:
            self._thread.finished.disconnect(self._end)
            self._thread.wait()
            self._thread = None

    def _note(self, event: ProgressEvent) -> None:
        """Keep the newest progress; called on the worker's thread."""
        self._newest.put(self._clock.status(event))

    def _report(self) -> None:
        status = self._newest.take()
        if status is not None:
            self.progressed.emit(status)

    def _end(self) -> None:
        thread = self._thread
        if thread is None:
            return
        thread.wait()
        self._ticker.stop()
        self._report()
        # In an event of its own: taking a result over is work enough for one.
        QTimer.singleShot(0, self, self._conclude)

    def _conclude(self) -> None:
        thread = self._thread
        if thread is None:
            return
        self._thread = None
        if thread.was_cancelled:
            self.cancelled.emit()
        elif thread.error is not None:
            self.failed.emit(thread.error)
        else:
            self.succeeded.emit(thread.result)
        self.finished.emit()
