from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from l3rocc_engine.cloud.downsample import CellAccumulator

NUM_POINTS = 20_000


def peak_bytes(num_frames: int) -> int:
    """Memory of a clip that sees the same place again and again."""
    points = np.random.default_rng(3).uniform(-1.0, 1.0, (NUM_POINTS, 3))
    colors = np.full((NUM_POINTS, 3), 128, np.uint8)
    tracemalloc.start()
    try:
        cells = CellAccumulator(0.01)
        for frame_idx in range(num_frames):
            cells.add(points, colors, np.ones(NUM_POINTS), frame_idx)
        assert cells.cloud().num_seen.max() == num_frames
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_follows_the_cloud_and_not_the_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CellAccumulator, "_MERGE_ROWS", 2 * NUM_POINTS)
    assert peak_bytes(60) < 1.05 * peak_bytes(15)


def test_when_chunks_are_merged_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(4).uniform(-1.0, 1.0, (8, 500, 3))
    clouds = []
    for merge_rows in (1, 10_000):
        monkeypatch.setattr(CellAccumulator, "_MERGE_ROWS", merge_rows)
        cells = CellAccumulator(0.2)
        for frame_idx, part in enumerate(points):
            cells.add(part, np.full((500, 3), frame_idx, np.uint8), np.ones(500), frame_idx)
        clouds.append(cells.cloud())
    assert clouds[0].num_seen is not None and clouds[1].num_seen is not None
    assert np.array_equal(clouds[0].num_seen, clouds[1].num_seen)
    assert np.array_equal(clouds[0].first_frame, clouds[1].first_frame)
    assert clouds[0].points_world == pytest.approx(clouds[1].points_world, abs=1e-6)
