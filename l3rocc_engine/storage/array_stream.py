"""Arrays into open files, a piece at a time."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.progress import CancelToken

BLOCK_BYTES = 1 << 24


def write_values(stream: BinaryIO, values: NDArray[Any], cancel: CancelToken | None = None) -> None:
    """Write an array's values in C order; asks for cancel at least every 16 MiB.

    Unlike ``ndarray.tofile`` it says why when the disk is full.

    Raises
    ------
    OSError
        If they cannot be written.
    Cancelled
        If asked to stop.
    """
    raw = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    for start in range(0, len(raw), BLOCK_BYTES):
        if cancel is not None:
            cancel.check()
        stream.write(raw[start : start + BLOCK_BYTES].data)


def write_npy(stream: BinaryIO, values: NDArray[Any], cancel: CancelToken | None = None) -> None:
    """Write a .npy as ``numpy.save`` does, stoppable in between.

    Raises
    ------
    OSError
        If it cannot be written.
    Cancelled
        If asked to stop.
    """
    header = {"descr": np.lib.format.dtype_to_descr(values.dtype), "fortran_order": False, "shape": values.shape}
    np.lib.format.write_array_header_1_0(stream, header)
    write_values(stream, values, cancel)
