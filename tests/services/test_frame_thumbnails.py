from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.source import RgbImage
from l3rocc_studio.services import frame_thumbnails as module
from l3rocc_studio.services.frame_thumbnails import FrameThumbnails
from tests.synthetic.picture_source import PictureSource


class SlowSource(PictureSource):
    """Notes what is read, and waits for the test before each picture."""

    def __init__(self, num_frames: int) -> None:
        pictures = [np.full((20, 40, 3), i, dtype=np.uint8) for i in range(num_frames)]
        super().__init__(Path("clip.mp4"), pictures, 10.0)
        self.read: list[int] = []
        self.go_on = threading.Semaphore(0)

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        for frame_idx in indices or ():
            self.go_on.acquire()
            self.read.append(frame_idx)
            if frame_idx == 13:
                raise InputError("Frame 13 is damaged.")
            yield frame_idx, self.frame(frame_idx)


def until(is_done: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10
    while not is_done():
        assert time.monotonic() < end_s
        time.sleep(0.002)


@pytest.fixture
def source() -> SlowSource:
    return SlowSource(50)


@pytest.fixture
def thumbnails(source: SlowSource) -> Iterator[FrameThumbnails]:
    made = FrameThumbnails(source, lambda _frame_idx: None)
    yield made
    source.go_on.release(1000)
    made.close()


def test_wishes_are_made_small_and_kept(thumbnails: FrameThumbnails, source: SlowSource) -> None:
    source.go_on.release(10)
    thumbnails.want([5, 2, 5])
    until(lambda: thumbnails.picture(5) is not None)
    assert source.read == [2, 5]
    picture = thumbnails.picture(2)
    assert picture is not None and picture.shape == (module.HEIGHT_PX, 2 * module.HEIGHT_PX, 3)
    assert int(picture[0, 0, 0]) == 2
    thumbnails.want([2, 5])
    assert thumbnails.nearest(40) == 5
    assert source.read == [2, 5]


def test_the_newest_wish_comes_next(thumbnails: FrameThumbnails, source: SlowSource) -> None:
    thumbnails.want(range(10))
    source.go_on.release(1)
    until(lambda: source.read == [0])
    thumbnails.want([30, 31])
    thumbnails.want_now(44)
    source.go_on.release(5)
    until(lambda: thumbnails.picture(31) is not None)
    assert source.read[-3:] == [44, 30, 31]
    assert len(source.read) <= 5, "what was overtaken is dropped"


def test_a_damaged_frame_is_tried_once(thumbnails: FrameThumbnails, source: SlowSource) -> None:
    source.go_on.release(10)
    thumbnails.want_now(13)
    until(lambda: source.read == [13])
    thumbnails.want([13, 20])
    until(lambda: thumbnails.picture(20) is not None)
    assert source.read == [13, 20]


def test_it_rests_while_held(thumbnails: FrameThumbnails, source: SlowSource) -> None:
    source.go_on.release(10)
    thumbnails.hold(is_held=True)
    thumbnails.want([1])
    time.sleep(0.03)
    assert source.read == []
    thumbnails.hold(is_held=False)
    until(lambda: thumbnails.picture(1) is not None)


def test_old_pictures_make_room(source: SlowSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAPACITY", 3)
    source.go_on.release(1000)
    thumbnails = FrameThumbnails(source, lambda _frame_idx: None)
    for wanted, last in ((range(3), 2), (range(3, 6), 5), (range(3, 90), 5)):
        thumbnails.want(wanted)
        until(lambda last=last: thumbnails.picture(last) is not None)
    thumbnails.close()
    assert source.read == list(range(6))
    assert [frame_idx for frame_idx in range(6) if thumbnails.picture(frame_idx) is not None] == [3, 4, 5]


def test_frames_that_the_source_does_not_have_are_passed_over(thumbnails: FrameThumbnails, source: SlowSource) -> None:
    """A wish may still be about the clip that was open before."""
    source.go_on.release(10)
    thumbnails.want([60, 49, 50])
    thumbnails.want_now(77)
    until(lambda: thumbnails.picture(49) is not None)
    assert source.read == [49]
    thumbnails.want_now(3)
    until(lambda: thumbnails.picture(3) is not None)
    assert source.read == [49, 3]
