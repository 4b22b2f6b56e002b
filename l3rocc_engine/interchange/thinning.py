"""Fewer points of a cloud, chosen evenly and the same every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import ConfigError


def kept_rows(num_points: int, max_points: int | None) -> NDArray[np.int64]:
    """Increasing rows (M,) int64 of at most ``max_points`` of ``num_points`` points; all of them if None.

    Raises
    ------
    ConfigError
        If ``max_points`` is not positive.
    """
    if max_points is not None and max_points < 1:
        raise ConfigError(f"At least one point must be kept, not {max_points}.")
    if max_points is None or num_points <= max_points:
        return np.arange(num_points, dtype=np.int64)
    chosen = np.random.default_rng(0).choice(num_points, size=max_points, replace=False, shuffle=False)
    return np.sort(chosen).astype(np.int64)
