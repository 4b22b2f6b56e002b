"""The memory model and the plans it makes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from l3rocc_engine.backends.pi3 import device
from l3rocc_engine.backends.pi3.device import best_device
from l3rocc_engine.backends.pi3.memory import Device, frame_tokens, pass_seconds, peak_bytes, plan_chunks

GPU = Device(kind="cuda", label="a card", free_bytes=24 << 30, total_bytes=24 << 30, dtype="bfloat16", tflops=165.0)
PIXELS = 254_016


def test_tokens_are_patches_and_registers() -> None:
    assert frame_tokens(PIXELS) == 1301


def test_time_is_that_of_the_published_benchmark() -> None:
    """1024 frames of 378 x 672 in 809 s at 165 TFLOP/s, 224 x 224 in 520 s for 4096 (public table)."""
    assert pass_seconds(1024, PIXELS, GPU) == pytest.approx(809, rel=0.03)
    assert pass_seconds(4096, 224 * 224, GPU) == pytest.approx(520, rel=0.1)


def test_memory_grows_with_frames_and_is_less_than_the_published_codes() -> None:
    per_frame = (peak_bytes(101, PIXELS, GPU) - peak_bytes(1, PIXELS, GPU)) / 100 / 2**20
    assert 15 < per_frame < 53.3
    assert peak_bytes(1, PIXELS, replace(GPU, dtype="float32")) > 2 * 958_696_738 + peak_bytes(1, PIXELS, GPU)


def test_the_largest_plan_that_fits_is_taken() -> None:
    whole = plan_chunks(40, PIXELS, GPU)
    assert whole is not None
    assert (whole.chunk, whole.chunks) == (40, ((0, 40),))
    tight = plan_chunks(200, PIXELS, replace(GPU, free_bytes=int(3.2 * 2**30)))
    assert tight is not None
    assert 3 <= tight.chunk < 64
    assert peak_bytes(tight.chunk, PIXELS, GPU) <= 0.85 * 3.2 * 2**30 < peak_bytes(tight.chunk + 1, PIXELS, GPU)
    assert tight.chunks[0] == (0, tight.chunk)
    assert tight.chunks[-1][1] == 200
    for (_, last), (first, _) in zip(tight.chunks, tight.chunks[1:], strict=False):
        assert last - first >= tight.overlap
    assert plan_chunks(200, PIXELS, replace(GPU, free_bytes=1 << 30)) is None


def test_a_long_clip_takes_no_more_memory_than_a_chunk() -> None:
    long, short = plan_chunks(5000, PIXELS, GPU), plan_chunks(64, PIXELS, GPU)
    assert long is not None
    assert short is not None
    assert long.peak_bytes == short.peak_bytes
    assert long.seconds > 50 * short.seconds


def test_the_plan_says_what_it_will_do() -> None:
    plan = plan_chunks(100, PIXELS, GPU)
    assert plan is not None
    text = plan.describe(GPU)
    for words in ("100 keyframes", "passes of 64", "24 shared", "a card", "bfloat16", "GiB"):
        assert words in text


def test_this_machine_is_described() -> None:
    found = best_device()
    assert 0 < found.free_bytes <= found.total_bytes
    assert found.dtype in ("float32", "bfloat16")
    assert found.tflops > 0


@pytest.mark.parametrize(
    ("has_amx", "has_avx512", "rates", "is_faster"),
    [
        (True, True, (1.0, 9.0), True),  # nobody races against matrix units
        (False, False, (1.0, 0.1), False),  # without instructions of its own it is made of float32
        (False, True, (1.0, 2.0), False),
        (False, True, (1.0, 0.9), False),  # too near to be worth the rounding
        (False, True, (1.0, 0.5), True),
    ],
)
def test_the_dtype_on_a_processor_follows_what_is_measured(
    monkeypatch: pytest.MonkeyPatch, has_amx: bool, has_avx512: bool, rates: tuple[float, float], is_faster: bool
) -> None:
    answers = {"_is_amx_tile_supported": has_amx, "_is_avx512_bf16_supported": has_avx512}
    for name, answer in answers.items():
        monkeypatch.setattr(torch.cpu, name, lambda answer=answer: answer, raising=False)
    seconds = dict(zip((torch.float32, torch.bfloat16), rates, strict=True))
    monkeypatch.setattr(device, "race_seconds", seconds.__getitem__)
    device.has_cpu_bfloat16.cache_clear()
    try:
        assert device.has_cpu_bfloat16() == is_faster
        assert device.best_device().dtype == ("bfloat16" if is_faster else "float32")
    finally:
        device.has_cpu_bfloat16.cache_clear()


@pytest.mark.parametrize(("capability_has_bf16", "dtype"), [(True, "bfloat16"), (False, "float32")])
def test_a_gpu_is_described_by_what_it_says_of_itself(
    monkeypatch: pytest.MonkeyPatch, capability_has_bf16: bool, dtype: str
) -> None:
    asked: list[bool] = []

    def is_bf16_supported(including_emulation: bool = True) -> bool:
        asked.append(including_emulation)
        return capability_has_bf16

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (5 << 30, 8 << 30))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A card")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", is_bf16_supported)
    found = device.best_device()
    assert (found.kind, found.free_bytes, found.total_bytes, found.dtype) == ("cuda", 5 << 30, 8 << 30, dtype)
    assert "A card" in found.label
    assert asked == [False], "what is only emulated is slower than float32"
    assert found.budget_bytes == int(0.85 * (5 << 30))
    assert found.usual_bytes == int(0.85 * (8 << 30))


def test_a_race_takes_little_and_measures_something() -> None:
    assert 0 < device.race_seconds(torch.float32) < 60
