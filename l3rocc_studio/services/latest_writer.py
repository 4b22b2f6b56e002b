"""Writes the newest of the values that it is given, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.program_bug import told

T = TypeVar("T")
_log = logging.getLogger(__name__)


class LatestWriter(Generic[T]):
    """A thread that writes; values that were overtaken before their turn are left out, the last one never is.

    Parameters
    ----------
    write
        Called on the thread.
    on_error
        Called on the thread with what ``write`` raised; it goes on writing after that.
    """

    def __init__(
        self, write: Callable[[T], object], on_error: Callable[[L3roccError], object], *, name: str = "writer"
    ) -> None:
        self._write = write
        self._on_error = on_error
        self._wake = threading.Condition()
        self._waiting: list[T] = []
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, value: T) -> None:
        """Have a value written; returns at once."""
        with self._wake:
            self._waiting = [value]
            self._wake.notify()

    def close(self) -> None:
        """Write what is left and end the thread."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._is_closing:
                    self._wake.wait()
                if not self._waiting:
                    return
                value = self._waiting.pop()
            try:
                self._write(value)
            except L3roccError as error:
                self._on_error(error)
            except Exception as error:  # noqa: BLE001  the last net of a thread: without it nothing would be written again
                _log.exception("What was to be written met a bug.")
                self._on_error(told(error))
