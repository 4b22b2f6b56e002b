from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

import pytest

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_studio.services.frame_provider import AHEAD, BEHIND, FrameProvider

PATIENCE_S = 20.0


class Workshop:
    """A provider whose making the test can hold up."""

    def __init__(self, *, num_frames: int = 100, capacity: int = 50, is_held: bool = False) -> None:
        self.made: list[int] = []
        self.begun: queue.Queue[int] = queue.Queue()
        self.ready: queue.Queue[tuple[int, str]] = queue.Queue()
        self.errors: queue.Queue[tuple[int, L3roccError]] = queue.Queue()
        self.gate = threading.Event()
        if not is_held:
            self.gate.set()
        self.provider: FrameProvider[str, str] = FrameProvider(
            self._make,
            num_frames,
            lambda frame_idx, thing: self.ready.put((frame_idx, thing)),
            lambda frame_idx, error: self.errors.put((frame_idx, error)),
            capacity=capacity,
        )

    def _make(self, frame_idx: int, variant: str) -> str:
        self.begun.put(frame_idx)
        assert self.gate.wait(PATIENCE_S)
        if frame_idx == 13:
            raise InputError("Frame 13 is broken.")
        if frame_idx == 78:
            raise ZeroDivisionError("a bug")
        self.made.append(frame_idx)
        return f"{variant} {frame_idx}"


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.provider.close()


def test_a_wish_is_fulfilled_off_this_thread(workshop: Workshop) -> None:
    workshop.provider.request(5, "full")
    assert workshop.ready.get(timeout=PATIENCE_S) == (5, "full 5")


def test_overtaken_wishes_are_dropped() -> None:
    held = Workshop(is_held=True, capacity=1)
    held.provider.request(0, "full")
    assert held.begun.get(timeout=PATIENCE_S) == 0
    for frame_idx in (20, 40, 60):
        held.provider.request(frame_idx, "full")
    held.gate.set()
    assert held.ready.get(timeout=PATIENCE_S) == (0, "full 0")
    assert held.ready.get(timeout=PATIENCE_S) == (60, "full 60")
    held.provider.close()
    assert held.made == [0, 60]


def test_neighbours_are_made_ahead_in_the_direction_of_travel() -> None:
    workshop = Workshop()
    workshop.provider.request(50, "full")
    workshop.ready.get(timeout=PATIENCE_S)
    wanted = [50, *range(51, 51 + AHEAD), *range(49, 49 - BEHIND, -1)]
    seen = [workshop.begun.get(timeout=PATIENCE_S) for _ in wanted]
    assert seen == wanted
    workshop.provider.request(49, "full")
    assert workshop.begun.get(timeout=PATIENCE_S) == 46, "going back, what lies further back comes next"
    workshop.provider.close()


def test_what_is_cached_is_not_made_again() -> None:
    workshop = Workshop(num_frames=3)
    for frame_idx in (0, 1, 2, 0, 1):
        workshop.provider.request(frame_idx, "full")
        assert workshop.ready.get(timeout=PATIENCE_S)[0] == frame_idx
    workshop.provider.close()
    assert sorted(workshop.made) == [0, 1, 2]


def test_the_cache_is_bounded_and_still_fulfils_wishes() -> None:
    workshop = Workshop(capacity=1)
    for frame_idx in (0, 30, 0):
        workshop.provider.request(frame_idx, "full")
        assert workshop.ready.get(timeout=PATIENCE_S)[0] == frame_idx
    workshop.provider.close()
    assert workshop.made == [0, 30, 0]


def test_a_broken_frame_is_reported_when_wished_for_and_only_then(workshop: Workshop) -> None:
    workshop.provider.request(12, "full")
    assert workshop.ready.get(timeout=PATIENCE_S)[0] == 12
    workshop.provider.request(13, "full")
    frame_idx, error = workshop.errors.get(timeout=PATIENCE_S)
    assert (frame_idx, error.message) == (13, "Frame 13 is broken.")
    workshop.provider.request(14, "full")
    assert workshop.ready.get(timeout=PATIENCE_S)[0] == 14
    assert workshop.errors.empty()


def test_variants_are_kept_apart(workshop: Workshop) -> None:
    for variant in ("full", "coarse", "full"):
        workshop.provider.request(5, variant)
        assert workshop.ready.get(timeout=PATIENCE_S) == (5, f"{variant} 5")


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    workshop = Workshop()
    workshop.provider.request(1, "full")
    workshop.provider.close()
    assert threading.active_count() == before


def test_neighbours_wait_while_a_hand_drags() -> None:
    made: list[int] = []
    ready = threading.Event()

    def make(frame_idx: int, _variant: None) -> int:
        made.append(frame_idx)
        return frame_idx

    provider = FrameProvider(make, 100, lambda *_: ready.set(), lambda *_: None, capacity=20, ahead=3, behind=1)
    provider.make_neighbours(is_wanted=False)
    for frame_idx in (10, 40):
        ready.clear()
        provider.request(frame_idx, None)
        assert ready.wait(5)
    assert made == [10, 40]
    provider.make_neighbours(is_wanted=True)
    end_s = time.monotonic() + 5
    while len(made) < 6 and time.monotonic() < end_s:
        time.sleep(0.002)
    provider.close()
    assert made[2:] == [41, 42, 43, 39]


def test_a_bug_at_one_frame_is_told_and_the_next_frame_comes(workshop: Workshop) -> None:
    workshop.provider.make_neighbours(is_wanted=False)
    workshop.provider.request(78, "full")
    frame_idx, error = workshop.errors.get(timeout=PATIENCE_S)
    assert frame_idx == 78 and "ZeroDivisionError: a bug" in error.message
    workshop.provider.request(79, "full")
    assert workshop.ready.get(timeout=PATIENCE_S) == (79, "full 79")
