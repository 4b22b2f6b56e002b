"""Ctrl-C and polite kills: ask the job to stop, and make sure that the program is gone within a second."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import psutil

from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import abandon_partials

GRACE_S = 0.8
NOTHING_FINISHED = "Stopped on request, before the first stage was finished."
STOP_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def stop_signals_ask(cancel: CancelToken, *, grace_s: float = GRACE_S, kept_text: str = "") -> Iterator[None]:
    """Let the first stop signal set ``cancel``, and the second raise :class:`KeyboardInterrupt`.

    A job that has not ended ``grace_s`` after the first one is in native code that cannot be asked, such as the
    compilation of a kernel: the process is then ended from a thread, without its half-written files, and
    ``kept_text`` says what stays. Only for the main thread.
    """

    def on_signal(_signal: int, _frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    waking, woken = socket.socketpair()
    waking.setblocking(False)
    is_over = threading.Event()
    watcher = threading.Thread(
        target=_watch, args=(woken, is_over, grace_s, kept_text), name="stop watcher", daemon=True
    )
    previous = {wanted: signal.signal(wanted, on_signal) for wanted in STOP_SIGNALS}
    # Python's own handler waits for the main thread to leave native code; this byte is sent at once.
    previous_fd = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        signal.set_wakeup_fd(previous_fd)
        for wanted, handler in previous.items():
            signal.signal(wanted, handler)
        waking.close()
        watcher.join()
        woken.close()


def _watch(woken: socket.socket, is_over: threading.Event, grace_s: float, kept_text: str) -> None:
    """Wait for a stop signal, then for the end of the job, then end the process."""
    while numbers := woken.recv(16):
        if not any(number in STOP_SIGNALS for number in numbers):
            continue
        _say(b"\nStopping (Ctrl-C again to stop at once)\n")
        if not is_over.wait(grace_s):
            _end_process(kept_text)
        return


def _end_process(kept_text: str) -> None:
    """Last resort: no child and no half-written file stays; finished stages do."""
    goes_on = "Run the same command again to go on from the last finished stage."
    _say(f"{' '.join(filter(None, ('Stopped in the middle of a step.', kept_text, goes_on)))}\n".encode())
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "multiprocessing.resource_tracker" not in " ".join(child.cmdline()):  # it ends itself, and tidies up
                child.kill()
    abandon_partials()
    os._exit(Cancelled.exit_code)


def _say(text: bytes) -> None:
    """Write past Python's streams: the main thread may be in the middle of a write to those."""
    with suppress(OSError):
        os.write(2, text)
