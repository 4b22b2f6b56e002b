"""Things that belong to a frame, made in a thread of their own: the newest wish first, its neighbours while idle."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.program_bug import told

T = TypeVar("T")
V = TypeVar("V", bound=Hashable)
_log = logging.getLogger(__name__)
AHEAD, BEHIND = 12, 3
"""Frames made beyond the wanted one, in and against the direction of travel."""


class FrameProvider(Generic[T, V]):
    """Makes and caches one thing a frame, such as its decoded picture or its mesh, in one or several variants.

    ``on_ready`` and ``on_error`` are called from the provider's thread. A wish that is overtaken by a newer one before
    its making began is dropped without a call.

    Parameters
    ----------
    make
        From frame number and variant to the thing; called from the provider's thread only.
    num_frames
        Frames there are.
    on_ready
        ``(frame_idx, thing)`` for the newest wish.
    on_error
        ``(frame_idx, error)`` if the thing of a wished frame cannot be made.
    capacity
        Number of things kept.
    ahead, behind
        How many neighbours are made while idle.
    """

    def __init__(
        self,
        make: Callable[[int, V], T],
        num_frames: int,
        on_ready: Callable[[int, T], object],
        on_error: Callable[[int, L3roccError], object],
        *,
        capacity: int,
        ahead: int = AHEAD,
        behind: int = BEHIND,
        name: str = "frame-provider",
    ) -> None:
        self._make = make
        self._num_frames = num_frames
        self._on_ready = on_ready
        self._on_error = on_error
        self._capacity = max(1, capacity)
        # Neighbours beyond the capacity would push each other out for ever.
        self._behind = min(behind, self._capacity - 1)
        self._ahead = min(ahead, self._capacity - 1 - self._behind)
        self._cache: OrderedDict[tuple[int, V], T] = OrderedDict()
        self._broken: set[tuple[int, V]] = set()
        self._wake = threading.Condition()
        self._wanted: tuple[int, V] | None = None
        self._anchor: tuple[int, V] | None = None
        self._direction = 1
        self._has_neighbours = True
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def request(self, frame_idx: int, variant: V) -> None:
        """Wish for a frame; replaces a wish that has not been taken up yet."""
        with self._wake:
            if self._anchor is not None and frame_idx != self._anchor[0]:
                self._direction = 1 if frame_idx > self._anchor[0] else -1
            self._wanted = self._anchor = (frame_idx, variant)
            self._wake.notify()

    def extend(self, num_frames: int) -> None:
        """There are more frames now."""
        with self._wake:
            self._num_frames = num_frames
            self._wake.notify()

    def make_neighbours(self, *, is_wanted: bool) -> None:
        """Whether neighbours are made while idle; a hand that drags passes them by, and they would take its time."""
        with self._wake:
            self._has_neighbours = is_wanted
            self._wake.notify()

    def close(self) -> None:
        """Stop the thread and wait for it; nothing is called afterwards."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        task = self._next_task()
        while task is not None:
            key, is_wish = task
            self._do(key, is_wish=is_wish)
            task = self._next_task()

    def _next_task(self) -> tuple[tuple[int, V], bool] | None:
        """Wait for work: a wish, else a neighbour that is not cached yet; None when closing."""
        with self._wake:
            while not self._is_closing:
                if self._wanted is not None:
                    key, self._wanted = self._wanted, None
                    return key, True
                neighbour = self._missing_neighbour()
                if neighbour is not None:
                    return neighbour, False
                self._wake.wait()
            return None

    def _missing_neighbour(self) -> tuple[int, V] | None:
        if self._anchor is None or not self._has_neighbours:
            return None
        anchor, variant = self._anchor
        for offset in (*range(1, self._ahead + 1), *range(-1, -self._behind - 1, -1)):
            key = (anchor + self._direction * offset, variant)
            if 0 <= key[0] < self._num_frames and key not in self._cache and key not in self._broken:
                return key
        return None

    def _do(self, key: tuple[int, V], *, is_wish: bool) -> None:
        if key in self._cache:
            self._cache.move_to_end(key)
            thing = self._cache[key]
        else:
            try:
                thing = self._make(*key)
            except L3roccError as error:
                self._fail(key, error, is_wish=is_wish)
                return
            except Exception as error:  # noqa: BLE001  the last net of a thread: without it no later frame would come
                _log.exception("A frame met a bug.")
                self._fail(key, told(error), is_wish=is_wish)
                return
            self._keep(key, thing)
        if is_wish:
            self._on_ready(key[0], thing)

    def _fail(self, key: tuple[int, V], error: L3roccError, *, is_wish: bool) -> None:
        self._broken.add(key)
        if is_wish:
            self._on_error(key[0], error)

    def _keep(self, key: tuple[int, V], thing: T) -> None:
        self._cache[key] = thing
        while len(self._cache) > self._capacity:
            self._cache.popitem(last=False)
