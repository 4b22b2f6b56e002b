"""Index rows that were asked for last, decompressed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 32 << 20
"""Some hundred rows. A window that slides by one frame must find all rows but one, whatever its length and step."""


class RowCache:
    """Keeps the rows used last, up to so many bytes; may be used from several threads.

    Parameters
    ----------
    decode
        Makes one row, (N,) int32.
    """

    def __init__(self, decode: Callable[[int], NDArray[np.int32]], max_bytes: int = MAX_BYTES) -> None:
        self._decode, self._max_bytes = decode, max_bytes
        self._rows: OrderedDict[int, NDArray[np.int32]] = OrderedDict()
        self._num_bytes, self._lock = 0, threading.Lock()

    def row(self, row_idx: int) -> NDArray[np.int32]:
        """One row."""
        with self._lock:
            found = self._rows.get(row_idx)
            if found is not None:
                self._rows.move_to_end(row_idx)
                return found
        made = self._decode(row_idx)
        with self._lock:
            if row_idx not in self._rows:
                self._rows[row_idx] = made
                self._num_bytes += made.nbytes
            while self._num_bytes > self._max_bytes and len(self._rows) > 1:
                self._num_bytes -= self._rows.popitem(last=False)[1].nbytes
        return made
