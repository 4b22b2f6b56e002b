"""Small pictures of frames, decoded in a thread of their own: the newest wish first, nothing twice."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from l3rocc_engine.errors import L3roccError

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource, RgbImage

HEIGHT_PX = 108
"""Enough for the preview at the pointer; the strip shows them smaller."""
CAPACITY = 600
_log = logging.getLogger(__name__)


class FrameThumbnails:
    """Makes and keeps small pictures of one source.

    Frames are read as a stream of their own, so that panels never wait for a thumbnail. ``on_ready`` is called from the
    thread that makes them.

    Parameters
    ----------
    source
        Must stay open until :meth:`close` has returned.
    on_ready
        ``(frame_idx)`` after a picture was made.
    """

    def __init__(self, source: FrameSource, on_ready: Callable[[int], object]) -> None:
        self._source = source
        self._there = range(source.num_frames)
        self._on_ready = on_ready
        self._pictures: OrderedDict[int, RgbImage] = OrderedDict()
        self._broken: set[int] = set()
        self._wake = threading.Condition()
        self._urgent: int | None = None
        self._wanted: list[int] = []
        self._version = 0
        self._is_held = self._is_closing = False
        self._thread = threading.Thread(target=self._work, name="thumbnails", daemon=True)
        self._thread.start()

    def want(self, frames: Iterable[int]) -> None:
        """Wish for these frames, of those that the source has; an earlier wish of this kind is forgotten."""
        with self._wake:
            # More than can be kept would push each other out for ever.
            self._wanted = sorted({frame_idx for frame_idx in frames if frame_idx in self._there})[:CAPACITY]
            self._version += 1
            self._wake.notify()

    def want_now(self, frame_idx: int) -> None:
        """Wish for one frame before all others, such as the one under the pointer."""
        with self._wake:
            if frame_idx != self._urgent and frame_idx in self._there and frame_idx not in self._pictures:
                self._urgent = frame_idx
                self._version += 1
                self._wake.notify()

    def hold(self, *, is_held: bool) -> None:
        """Rest while something more urgent needs the processor, or go on."""
        with self._wake:
            self._is_held = is_held
            self._version += 1
            self._wake.notify()

    def picture(self, frame_idx: int) -> RgbImage | None:
        """The small picture of a frame, (H, W, 3) uint8, if it is there."""
        with self._wake:
            found = self._pictures.get(frame_idx)
            if found is not None:
                self._pictures.move_to_end(frame_idx)
            return found

    def nearest(self, frame_idx: int) -> int | None:
        """The frame nearest to another one that has a picture."""
        with self._wake:
            return min(self._pictures, key=lambda other: abs(other - frame_idx), default=None)

    def close(self) -> None:
        """Stop the thread and wait for it; nothing is called afterwards."""
        with self._wake:
            self._is_closing = True
            self._version += 1
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while (task := self._next_task()) is not None:
            frames, version = task
            try:
                self._make(frames, version)
            except L3roccError as error:
                _log.info("Thumbnails are missing: %s", error)
                self._broken.update(frames)

    def _next_task(self) -> tuple[list[int], int] | None:
        """Wait for frames to make: the urgent one, else those wished for; None when closing."""
        with self._wake:
            while not self._is_closing:
                if not self._is_held:
                    if self._urgent is not None and self._is_missing(self._urgent):
                        return [self._urgent], self._version
                    missing = [frame_idx for frame_idx in self._wanted if self._is_missing(frame_idx)]
                    if missing:
                        return missing, self._version
                self._wake.wait()
            return None

    def _is_missing(self, frame_idx: int) -> bool:
        return frame_idx not in self._pictures and frame_idx not in self._broken

    def _make(self, frames: list[int], version: int) -> None:
        for frame_idx, image in self._source.frames(frames):
            small = _shrunk(image)
            with self._wake:
                self._pictures[frame_idx] = small
                while len(self._pictures) > CAPACITY:
                    self._pictures.popitem(last=False)
                is_overtaken = version != self._version
            if not self._is_closing:
                self._on_ready(frame_idx)
            if is_overtaken:
                return


def _shrunk(image: RgbImage) -> RgbImage:
    import cv2  # the window appears before it is loaded

    height, width = image.shape[:2]
    size = (max(1, round(width * HEIGHT_PX / height)), HEIGHT_PX)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
