"""What can be said of the way over a GPU without one: where tensors are made, who waits for whom, how steps are cut."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch

from l3rocc_engine.backends.pi3.inference import PassMemoryError, Pi3Network
from pi3 import TINY, Pi3, StepSize, heads
from pi3.steps import Counter, no_step, parts

CUDA = torch.device("cuda")
FRAMES = torch.zeros(1, 3, 3, 28, 42, dtype=torch.uint8)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("step", [None, StepSize(frames=2, tokens=5, queries=3)])
def test_everything_is_made_where_the_weights_are(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, step: StepSize | None
) -> None:
    """The meta device stands for a GPU: torch refuses to mix it with the host's tensors, which the frames are."""
    monkeypatch.setattr(heads, "nearest_rotation", lambda nine: nine.unflatten(-1, (3, 3)))  # goes over the host
    with torch.device("meta"):
        model = Pi3(TINY).eval().requires_grad_(False).cast_trunk(dtype)
    result = model(FRAMES, step=step)
    for tensor, shape in (
        (result.local_points, (1, 3, 28, 42, 3)),
        (result.conf, (1, 3, 28, 42, 1)),
        (result.camera_poses, (1, 3, 4, 4)),
    ):
        assert (tensor.device.type, tensor.dtype, tensor.shape) == ("meta", torch.float32, shape)


def test_steps_are_large_on_a_gpu_and_short_on_a_processor() -> None:
    cpu = torch.device("cpu")
    short, long = (StepSize.for_device(cpu, 1301, frames) for frames in (2, 64))
    assert short.frames * 1301 <= short.tokens
    assert short.queries > long.queries
    flop = 4 * long.queries * 64 * 1301 * 1024
    assert flop < 1e11, "half a second on two cores"
    gpu = StepSize.for_device(CUDA, 1301, 64)
    assert gpu.frames == 8
    assert gpu.queries == gpu.tokens > short.tokens


@pytest.mark.parametrize(("count", "size"), [(1, 8), (8, 8), (9, 8), (5200, 4096), (7, 3)])
def test_parts_cover_everything_and_are_about_as_long(count: int, size: int) -> None:
    lengths = [part.stop - part.start for part in parts(count, size)]
    assert sum(lengths) == count
    assert max(lengths) <= size
    assert max(lengths) - min(lengths) < len(lengths) + 1


def test_the_count_is_never_far_ahead_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []
    asked: list[object] = []

    class FakeEvent:
        def record(self) -> None:
            asked.append(self)

        def synchronize(self) -> None:
            waited.append(asked.index(self))

    monkeypatch.setattr(torch.cuda, "Event", FakeEvent)
    seen: list[tuple[int, int]] = []
    counter = Counter(lambda done, _total: seen.append((done, len(waited))), 10, CUDA)
    for _ in range(10):
        counter.advance(1)
    assert waited == list(range(6)), "in the order in which it was asked"
    assert all(done - finished <= 4 for done, finished in seen)
    asked.clear()
    Counter(no_step, 10, torch.device("cpu")).advance(1)
    assert asked == []


def test_memory_is_given_back_before_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[torch.Tensor]] = []
    alive: list[bool] = []

    def run_out(*_arguments: object, **_options: object) -> None:
        large = torch.zeros(1000)
        held.append(weakref.ref(large))
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    def empty_cache() -> None:
        alive.append(held[0]() is not None)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", empty_cache)
    gc.disable()
    try:
        with pytest.raises(PassMemoryError, match="out of memory"):
            Pi3Network(run_out).run(np.zeros((2, 3, 28, 28), np.uint8), no_step)  # type: ignore[arg-type]
    finally:
        gc.enable()
    assert alive == [False]
