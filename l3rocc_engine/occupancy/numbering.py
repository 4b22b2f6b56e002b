"""Numbers for the different values of a long list that comes in parts.

Millions of masks and ray sets are copies of few: short numbers take a third of the memory, and a table of the values
fits into caches, so that reading them is faster too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ZERO = np.uint64(0)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@njit(nogil=True, cache=True)
def _place(value: Any, table: Any, known: Any) -> Any:
    """Slot of a value in the hash table, or the free one where it belongs."""
    mask = np.uint64(len(table) - 1)
    place = ((value * _SPREAD) >> np.uint64(32)) & mask
    while table[place] >= 0 and known[table[place]] != value:
        place = (place + np.uint64(1)) & mask
    return place


@njit(nogil=True, cache=True)
def _number(values: Any, table: Any, known: Any, num_known: Any, numbers: Any) -> Any:
    """Number values in order of their first appearance; returns how many are known then."""
    for n in range(len(values)):
        place = _place(values[n], table, known)
        if table[place] < 0:
            table[place] = num_known
            known[num_known] = values[n]
            num_known += 1
        numbers[n] = table[place]
    return num_known


@njit(nogil=True, cache=True)
def _rehash(known: Any, num_known: Any, table: Any) -> None:
    """Fill a larger table."""
    for n in range(num_known):
        table[_place(known[n], table, known)] = n


class Numbering:
    """Gives the same number to the same value."""

    def __init__(self) -> None:
        self._known = np.zeros(1 << 12, np.uint64)
        self._table = np.full(1 << 13, -1, np.int32)
        self._num_known = 0

    def number(self, values: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """The numbers of some values (N,)."""
        self._make_room(self._num_known + len(values))
        numbers = np.empty(len(values), np.uint32)
        self._num_known = _number(values, self._table, self._known, self._num_known, numbers)
        return numbers

    @property
    def values(self) -> NDArray[np.uint64]:
        """(N,) all values by number."""
        return self._known[: self._num_known].copy()

    def _make_room(self, most: int) -> None:
        """Room for so many values."""
        size = 1 << max(most - 1, 1).bit_length()
        if size > len(self._known):
            known = np.zeros(size, np.uint64)
            known[: self._num_known] = self._known[: self._num_known]
            self._known, self._table = known, np.full(2 * size, -1, np.int32)
            _rehash(known, self._num_known, self._table)
