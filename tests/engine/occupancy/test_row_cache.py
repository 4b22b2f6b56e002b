from __future__ import annotations

import numpy as np

from l3rocc_engine.occupancy.row_cache import RowCache


def test_a_sliding_window_makes_each_row_once() -> None:
    made: list[int] = []

    def decode(row_idx: int) -> np.ndarray:
        made.append(row_idx)
        return np.full(10, row_idx, np.int32)

    cache = RowCache(decode, max_bytes=10 * 40)
    for t in range(10, 30):
        for past in range(t - 10, t):
            assert cache.row(past).tolist() == [past] * 10
    assert made == list(range(29))


def test_rows_used_longest_ago_go_first_and_one_row_always_fits() -> None:
    made: list[int] = []

    def decode(row_idx: int) -> np.ndarray:
        made.append(row_idx)
        return np.zeros(10, np.int32)

    cache = RowCache(decode, max_bytes=80)
    for row_idx in (0, 1, 0, 2, 0, 1):
        cache.row(row_idx)
    assert made == [0, 1, 2, 1]
    tiny = RowCache(decode, max_bytes=1)
    assert len(tiny.row(7)) == len(tiny.row(7)) == 10
    assert made[-1] == 7 and made.count(7) == 1
