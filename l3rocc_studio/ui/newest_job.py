"""Work in a thread of which only the newest wish counts: those overtaken are stopped and dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_engine.errors import L3roccError

Wish = Callable[[CancelToken], object]


class NewestJob(QObject):
    """Runs one piece of work after another in a thread; of those that wait only the newest is done.

    Signals
    -------
    done (object)
        The result of the newest wish.
    failed (L3roccError)
        Why there is none.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: Wish | None = None
        self._is_overtaken = False
        self._job = Job(self)
        self._job.succeeded.connect(self._deliver)
        self._job.failed.connect(self._fail)
        self._job.finished.connect(self._next)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being done."""
        return self._waiting is None and not self._job.is_running

    def start(self, wish: Wish) -> None:
        """Wish for something; what is under way for an older wish is stopped."""
        self._waiting = wish
        if self._job.is_running:
            self._is_overtaken = True
            self._job.cancel()
        else:
            self._next()

    def drop(self) -> None:
        """Wish for nothing any more."""
        self._waiting, self._is_overtaken = None, True
        self._job.cancel()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._waiting = None
        self._job.shut_down()

    def _next(self) -> None:
        wish, self._waiting = self._waiting, None
        if wish is None:
            return
        self._is_overtaken = False

        def work(_events: EventSink, cancel: CancelToken) -> object:
            return wish(cancel)

        self._job.start(work)

    def _deliver(self, result: object) -> None:
        if not self._is_overtaken:
            self.done.emit(result)

    def _fail(self, error: L3roccError) -> None:
        if not self._is_overtaken:
            self.failed.emit(error)
