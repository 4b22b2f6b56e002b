"""Native code in a child process: cancel is immediate, and a crash there is an error here, not the end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any

import psutil

from l3rocc_engine.errors import Cancelled, L3roccError
from l3rocc_engine.progress import CancelToken

_POLL_S = 0.1
_START_LOCK = threading.Lock()
_HUNGRY = "Memory may have run out: close other programs, then run it again."
Say = Callable[[Any], None]


class ChildCrashed(L3roccError):
    """The child process ended without an answer."""


class ChildStarved(ChildCrashed):
    """The child ran out of memory, or was killed from outside, which systems do when memory runs out."""


class ChildFailed(ChildCrashed):
    """The child met a bug: it raised what is no sentence for people. To try again would not help."""


def run_isolated(
    work: Callable[..., Any],
    *arguments: Any,
    cancel: CancelToken,
    on_message: Callable[[Any], None] | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """Call ``work(say, *arguments)`` in a fresh process and return what it returns.

    Parameters
    ----------
    work
        A function of a module (so that it can be named to the child). ``say(value)`` sends a message to the parent.
    arguments
        Values that can be pickled.
    cancel
        Asked ten times a second; the child is killed at once.
    on_message
        Receives what the child says, in this thread.
    environment
        Variables that the child has besides this process's, from before it imports what ``work`` needs.

    Raises
    ------
    Cancelled
        ``cancel`` was set.
    L3roccError
        Whatever ``work`` raised of that kind.
    ChildCrashed
        The child died.
    ChildStarved
        It ran out of memory, or was killed.
    ChildFailed
        It raised anything else.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    # No daemon: those may have no children of their own. It watches over its parent instead.
    child = context.Process(target=_serve, args=(_Environment(environment), sender, work, arguments), daemon=False)
    with _main_module_hidden(), _interrupts_held():
        child.start()
    sender.close()
    try:
        return _answer(receiver, child, cancel, on_message or (lambda _message: None), work.__name__)
    finally:
        _end(child)
        receiver.close()


@contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Keep the child from importing the program's main module again.

    Work is named by its own module, so the child never needs it; without this a window would load Qt once more in
    every child, and a program typed at a prompt or read from a pipe could not start one at all.
    """
    main = sys.modules["__main__"]
    with _START_LOCK:
        hidden: dict[str, Any] = {
            name: main.__dict__.pop(name) for name in ("__spec__", "__file__") if name in main.__dict__
        }
        main.__dict__["__spec__"] = None
        try:
            yield
        finally:
            main.__dict__.update(hidden)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from a child that is still starting; it inherits the mask and lifts it once it is ready."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it lifts the mask by itself, so it must not be started under it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(child: Any) -> None:
    """Kill the child with all that it started; after an answer there is nothing left to kill."""
    with suppress(psutil.Error):
        for descendant in psutil.Process(child.pid).children(recursive=True):
            with suppress(psutil.Error):
                descendant.kill()
    child.kill()
    child.join()


def _answer(receiver: Connection, child: Any, cancel: CancelToken, on_message: Callable[[Any], None], name: str) -> Any:
    while True:
        cancel.check()
        if not receiver.poll(_POLL_S):
            if child.exitcode is None:
                continue
            if not receiver.poll(0):
                raise _crash(name, child.exitcode)
        try:
            kind, value = receiver.recv()
        except EOFError as error:
            child.join()
            raise _crash(name, child.exitcode) from error
        if kind == "result":
            return value
        if kind == "error":
            raise value
        on_message(value)


def _crash(name: str, exit_code: int) -> ChildCrashed:
    if exit_code == -getattr(signal, "SIGKILL", 9):
        return ChildStarved(f"The step '{name}' was killed from outside (exit code {exit_code}).", _HUNGRY)
    return ChildCrashed(f"The step '{name}' stopped unexpectedly (exit code {exit_code}).")


class _Environment:
    """Sets variables where it is unpickled, and with them what is imported when the next value is."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)

    def __reduce__(self) -> tuple[Callable[..., None], tuple[dict[str, str]]]:
        return _set_environment, (self._variables,)


def _set_environment(variables: dict[str, str]) -> None:
    os.environ.update(variables)


def _serve(_environment: None, sender: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Body of the child: Ctrl-C is the parent's business."""
    threading.Thread(target=_follow_parent, daemon=True, name="follow-parent").start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with suppress(BrokenPipeError):  # the parent is gone, and nobody is left to tell
        sender.send(_outcome(sender, work, arguments))
    sender.close()


def _follow_parent() -> None:
    """End at once when the parent is gone, however it went: nobody waits for the answer any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _outcome(sender: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """What the work returned or raised, as the message that ends the conversation."""
    try:
        return "result", work(lambda message: sender.send(("message", message)), *arguments)
    except (L3roccError, Cancelled) as error:
        return "error", error
    except BrokenPipeError:
        raise
    except MemoryError:
        return "error", ChildStarved(f"The step '{work.__name__}' ran out of memory.", _HUNGRY)
    except Exception as error:  # noqa: BLE001  whatever happens here must reach the parent as a sentence
        return "error", ChildFailed(f"The step '{work.__name__}' failed: {type(error).__name__}: {error}")
