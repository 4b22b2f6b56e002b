from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.dataset.stats import ImageStats, column_stats, sampled_frames
from l3rocc_engine.errors import OutputError


@pytest.mark.parametrize("shape", [(), (7,), (4, 4)])
def test_statistics_have_the_features_own_shape(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(20, *shape)).astype(np.float32)
    stats = column_stats(values)
    wanted = shape or (1,)
    for found, function in (
        (stats.minimum, np.min),
        (stats.maximum, np.max),
        (stats.mean, np.mean),
        (stats.std, np.std),
    ):
        assert found.shape == wanted
        np.testing.assert_allclose(found, function(values.astype(np.float64), axis=0).reshape(wanted), rtol=1e-6)
    assert stats.to_json()["count"] == [20]


def test_flags_become_json_booleans_and_whole_numbers_stay_whole() -> None:
    assert column_stats(np.array([True, False])).to_json()["min"] == [False]
    entry = column_stats(np.array([2, 5])).to_json()
    assert entry["max"] == [5] and isinstance(entry["max"][0], int)


def test_picture_statistics_equal_those_of_the_stack() -> None:
    images = np.random.default_rng(1).integers(0, 256, (5, 20, 30, 3), dtype=np.uint8)
    gathered = ImageStats()
    for image in images:
        gathered.add(image)
    stats = gathered.result()
    pixels = images.reshape(-1, 3) / 255.0
    assert stats.mean.shape == (3, 1, 1)
    np.testing.assert_allclose(stats.mean.ravel(), pixels.mean(axis=0))
    np.testing.assert_allclose(stats.std.ravel(), pixels.std(axis=0))
    np.testing.assert_allclose(stats.minimum.ravel(), pixels.min(axis=0))
    np.testing.assert_allclose(stats.maximum.ravel(), pixels.max(axis=0))
    assert stats.count == 5


def test_large_pictures_are_thinned() -> None:
    image = np.zeros((10, 600, 3), np.uint8)
    image[:, 1::4] = 255  # columns that every fourth from 0 on never meets
    gathered = ImageStats()
    gathered.add(image)
    assert gathered.result().maximum.max() == 0.0


def test_no_pictures_no_statistics() -> None:
    with pytest.raises(OutputError):
        ImageStats().result()


@pytest.mark.parametrize(("num_frames", "count"), [(1, 1), (100, 100), (101, 100), (1000, 177), (1_000_000, 10_000)])
def test_sample_grows_slower_than_the_episode(num_frames: int, count: int) -> None:
    sample = sampled_frames(num_frames)
    assert len(sample) == count
    assert sample[0] == 0 and sample[-1] == num_frames - 1
    assert (np.diff(sample) > 0).all()
