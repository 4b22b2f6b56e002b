"""One of the things that a frame is made of, such as its picture, made off this thread."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from l3rocc_studio.services.frame_provider import FrameProvider
from l3rocc_studio.ui.bridge import Latest

T = TypeVar("T")
V = TypeVar("V", bound=Hashable)
Receive = Callable[["FramePart", int, object], object]


class FramePart(Generic[T, V]):
    """Brings one kind of thing to the GUI thread, from one source after another.

    What an earlier source still sends is dropped.

    Parameters
    ----------
    name
        Of its thread.
    receive
        Called on the GUI thread with this part, the timeline's frame, and the thing or the error in its place.
    """

    def __init__(self, name: str, receive: Receive, parent: QObject) -> None:
        self._name, self._receive = name, receive
        self._provider: FrameProvider[T, V] | None = None
        self._generation = self._first = self._num_frames = 0
        self._carrier = Latest(parent)
        self._carrier.arrived.connect(self._deliver)

    def has(self, frame_idx: int) -> bool:
        """Whether there is anything to be made for a frame of the timeline."""
        return self._provider is not None and 0 <= frame_idx - self._first < self._num_frames

    def make_from(
        self,
        make: Callable[[int, V], T],
        num_frames: int,
        *,
        capacity: int,
        first: int = 0,
        ahead: int | None = None,
        behind: int | None = None,
    ) -> None:
        """Make things in another way from now on; ``first`` is the timeline's frame of number 0."""
        self.clear()
        self._first, self._num_frames = first, num_frames
        around = {key: count for key, count in (("ahead", ahead), ("behind", behind)) if count is not None}
        send = self._sender()
        self._provider = FrameProvider(make, num_frames, send, send, capacity=capacity, name=self._name, **around)

    def clear(self) -> None:
        """Make nothing."""
        self._generation += 1
        self._num_frames = 0
        if self._provider is not None:
            self._provider.close()
            self._provider = None

    def extend(self, num_frames: int) -> None:
        """There are more frames now."""
        self._num_frames = num_frames
        if self._provider is not None:
            self._provider.extend(num_frames)

    def request(self, frame_idx: int, variant: V) -> None:
        """Wish for a frame of the timeline that there is something for."""
        if self._provider is not None:
            self._provider.request(frame_idx - self._first, variant)

    def make_neighbours(self, *, is_wanted: bool) -> None:
        """Whether frames beside the wished one are made while idle."""
        if self._provider is not None:
            self._provider.make_neighbours(is_wanted=is_wanted)

    def _sender(self) -> Callable[[int, object], None]:
        """Called on the provider's thread."""
        generation, first = self._generation, self._first

        def send(frame_idx: int, thing: object) -> None:
            self._carrier.put((generation, first + frame_idx, thing))

        return send

    def _deliver(self, parcel: tuple[int, int, object]) -> None:
        generation, frame_idx, thing = parcel
        if generation == self._generation:
            self._receive(self, frame_idx, thing)
