"""Things that belong to a frame, made in a thread of their own: the newest wish first, its neighbours while idle."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from l3rocc_engine.errors import L3roccError

T = TypeVar("T")
AHEAD, BEHIND = 12, 3
"""Frames made beyond the wanted one, in and against the direction of travel."""


class FrameProvider(Generic[T]):
    """Makes and caches one thing a frame: its decoded picture, or its mesh.

    ``on_ready`` and ``on_error`` are called from the provider's thread. A wish that is overtaken by a newer one before
    its making began is dropped without a call.

    Parameters
    ----------
    make
        From the frame number to the thing; called from the provider's thread only.
    num_frames
        Frames there are.
    on_ready
        ``(frame_idx, thing)`` for the newest wish.
    on_error
        ``(frame_idx, error)`` if the thing of a wished frame cannot be made.
    capacity
        Number of things kept.
    """

    def __init__(
        self,
        make: Callable[[int], T],
        num_frames: int,
        on_ready: Callable[[int, T], object],
        on_error: Callable[[int, L3roccError], object],
        *,
        capacity: int,
        name: str = "frame-provider",
    ) -> None:
        self._make = make
        self._num_frames = num_frames
        self._on_ready = on_ready
        self._on_error = on_error
        self._capacity = max(1, capacity)
        # Neighbours beyond the capacity would push each other out for ever.
        self._ahead = min(AHEAD, max(0, self._capacity - 1 - BEHIND))
        self._behind = min(BEHIND, max(0, self._capacity - 1 - self._ahead))
        self._cache: OrderedDict[int, T] = OrderedDict()
        self._broken: set[int] = set()
        self._wake = threading.Condition()
        self._wanted: int | None = None
        self._anchor: int | None = None
        self._direction = 1
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def request(self, frame_idx: int) -> None:
        """Wish for a frame; replaces a wish that has not been taken up yet."""
        with self._wake:
            if self._anchor is not None and frame_idx != self._anchor:
                self._direction = 1 if frame_idx > self._anchor else -1
            self._wanted = self._anchor = frame_idx
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
            frame_idx, is_wish = task
            self._do(frame_idx, is_wish=is_wish)
            task = self._next_task()

    def _next_task(self) -> tuple[int, bool] | None:
        """Wait for work: a wish, else a neighbour that is not cached yet; None when closing."""
        with self._wake:
            while not self._is_closing:
                if self._wanted is not None:
                    frame_idx, self._wanted = self._wanted, None
                    return frame_idx, True
                neighbour = self._missing_neighbour()
                if neighbour is not None:
                    return neighbour, False
                self._wake.wait()
            return None

    def _missing_neighbour(self) -> int | None:
        if self._anchor is None:
            return None
        offsets = (*range(1, self._ahead + 1), *range(-1, -self._behind - 1, -1))
        for offset in offsets:
            frame_idx = self._anchor + self._direction * offset
            if 0 <= frame_idx < self._num_frames and frame_idx not in self._cache and frame_idx not in self._broken:
                return frame_idx
        return None

    def _do(self, frame_idx: int, *, is_wish: bool) -> None:
        if frame_idx in self._cache:
            self._cache.move_to_end(frame_idx)
            thing = self._cache[frame_idx]
        else:
            try:
                thing = self._make(frame_idx)
            except L3roccError as error:
                self._broken.add(frame_idx)
                if is_wish:
                    self._on_error(frame_idx, error)
                return
            self._keep(frame_idx, thing)
        if is_wish:
            self._on_ready(frame_idx, thing)

    def _keep(self, frame_idx: int, thing: T) -> None:
        self._cache[frame_idx] = thing
        while len(self._cache) > self._capacity:
            self._cache.popitem(last=False)
