"""Sizes and pixels of resized pictures, exactly those of the published loader."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from pi3.frames import resize_picture, stack_pictures, target_size

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "pi3" / "reference"
SMALL = ((64, 48), (50, 90), (30, 30), (33, 33))


def pattern(width: int, height: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([(3 * x + 2 * y) % 256, (x * y // 7) % 256, 255 - (x + 5 * y) % 256], axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ("source", "target"),
    [((640, 480), (574, 434)), ((1280, 720), (672, 378)), ((64, 48), (574, 434)), ((100, 1000), (154, 1596))],
)
def test_sizes_are_near_the_limit_and_whole_patches(source: tuple[int, int], target: tuple[int, int]) -> None:
    assert target_size(*source) == target


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference outputs are not here")
def test_sizes_and_pixels_are_those_of_the_published_loader() -> None:
    facts = json.loads((REFERENCE / "loading.json").read_text())
    for entry in facts["table"]:
        source, target = tuple(entry["source_wh"]), tuple(entry["target_wh"])
        assert target_size(*source) == target, source
        if source[0] * source[1] < 2_000_000:
            resized = np.ascontiguousarray(resize_picture(pattern(*source), target).transpose(2, 0, 1))
            assert hashlib.sha256(resized.tobytes()).hexdigest() == entry["resized_uint8_chw_sha256"], source
    for entry in facts["other_limits"]:
        assert target_size(*entry["source_wh"], entry["pixel_limit"]) == tuple(entry["target_wh"]), entry


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference outputs are not here")
def test_pictures_of_other_sizes_take_the_size_of_the_first() -> None:
    with np.load(REFERENCE / "loading_small.npz", allow_pickle=False) as wanted:
        stacked = stack_pictures((pattern(*size) for size in SMALL), 5000)
        assert stacked.shape == wanted["tensor_u8"].shape
        assert np.abs(stacked.astype(int) - wanted["tensor_u8"]).max() <= 1


def test_nothing_to_stack_is_an_error() -> None:
    with pytest.raises(ValueError, match="no picture"):
        stack_pictures([])
