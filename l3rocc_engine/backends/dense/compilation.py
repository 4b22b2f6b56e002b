"""How the kernels of this package are compiled: the same in one place, so that the same input gives the same bits."""

from __future__ import annotations

from numba import njit

kernel = njit(nogil=True, cache=True, fastmath={"nnan", "ninf", "nsz"}, error_model="numpy")
"""Sums keep their order: with reassociation a kernel just compiled and one from the cache round differently."""
