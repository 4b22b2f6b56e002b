"""A tiny observer that knows no toolkit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Calls its listeners in the order they came, on the thread that emits.

    Listeners are held strongly: whoever connects also disconnects, with the function that :meth:`connect` returns.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[P, object]] = []

    def connect(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Add a listener; the returned function removes it again and may be called twice."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener; those added or removed meanwhile count from the next time on."""
        for listener in tuple(self._listeners):
            listener(*args, **kwargs)

    @property
    def num_listeners(self) -> int:
        """How many listeners are connected."""
        return len(self._listeners)
