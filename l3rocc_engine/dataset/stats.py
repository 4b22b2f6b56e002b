"""Statistics of one episode's features, in each feature's own shape, as the public loader wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import OutputError
from l3rocc_engine.frames.source import RgbImage

FULL_SAMPLE = 100
LARGEST_SAMPLE = 10_000
LONG_SIDE_PX = 300
SAMPLED_SIDE_PX = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureStats:
    """Smallest, largest, mean and population standard deviation over time.

    Attributes
    ----------
    minimum, maximum, mean, std
        Of the feature's own shape; (3, 1, 1) in 0 to 1 for pictures.
    count
        Frames that were looked at.
    """

    minimum: NDArray[Any]
    maximum: NDArray[Any]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    count: int

    def to_json(self) -> dict[str, Any]:
        """One feature's entry in ``episodes_stats.jsonl``."""
        return {
            "min": self.minimum.tolist(),
            "max": self.maximum.tolist(),
            "mean": self.mean.tolist(),
            "std": self.std.tolist(),
            "count": [self.count],
        }


def column_stats(values: NDArray[Any]) -> FeatureStats:
    """Statistics of a column.

    Parameters
    ----------
    values
        (T, ...) with the feature's shape behind the time axis; scalars are (T, 1) or (T,).
    """
    values = values.reshape(len(values), -1 if values.ndim == 1 else values.shape[1], *values.shape[2:])
    return FeatureStats(
        minimum=values.min(axis=0),
        maximum=values.max(axis=0),
        mean=values.mean(axis=0, dtype=np.float64),
        std=values.std(axis=0, dtype=np.float64),
        count=len(values),
    )


def sampled_frames(num_frames: int) -> NDArray[np.int64]:
    """Which frames of an episode the picture statistics look at: all up to 100, then ever fewer."""
    if num_frames <= FULL_SAMPLE:
        return np.arange(num_frames)
    wanted = max(FULL_SAMPLE, min(int(num_frames**0.75), LARGEST_SAMPLE))
    return np.round(np.linspace(0, num_frames - 1, wanted)).astype(np.int64)


class ImageStats:
    """Gathers the statistics of pictures one by one; sums of whole numbers, so nothing is lost on the way."""

    def __init__(self) -> None:
        self._lowest = np.full(3, 255, dtype=np.int64)
        self._highest = np.zeros(3, dtype=np.int64)
        self._sum = np.zeros(3, dtype=np.int64)
        self._sum_of_squares = np.zeros(3, dtype=np.int64)
        self._pixels = 0
        self._pictures = 0

    def add(self, image: RgbImage) -> None:
        """Take in one picture; large ones are thinned to about 150 pixels along the longer side."""
        longest = max(image.shape[:2])
        step = max(1, int(longest / SAMPLED_SIDE_PX)) if longest >= LONG_SIDE_PX else 1
        pixels = image[::step, ::step].reshape(-1, 3).astype(np.int64)
        self._lowest = np.minimum(self._lowest, pixels.min(axis=0))
        self._highest = np.maximum(self._highest, pixels.max(axis=0))
        self._sum += pixels.sum(axis=0)
        self._sum_of_squares += (pixels**2).sum(axis=0)
        self._pixels += len(pixels)
        self._pictures += 1

    def result(self) -> FeatureStats:
        """The statistics so far, in 0 to 1."""
        if not self._pictures:
            raise OutputError("There are no pictures to make statistics of.")
        mean = self._sum / self._pixels
        std = np.sqrt(np.maximum(self._sum_of_squares / self._pixels - mean**2, 0.0))
        shape = (3, 1, 1)
        return FeatureStats(
            minimum=self._lowest.reshape(shape) / 255.0,
            maximum=self._highest.reshape(shape) / 255.0,
            mean=mean.reshape(shape) / 255.0,
            std=std.reshape(shape) / 255.0,
            count=self._pictures,
        )
