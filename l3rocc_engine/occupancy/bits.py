"""Two machine operations that numba has no name for: an unaligned 64-bit load, and counting trailing zeros."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic


@intrinsic
def load_u64(_typing: Any, address: Any) -> Any:
    """Eight bytes at any address as a little-endian uint64 (numba runs on little-endian machines only)."""
    if not isinstance(address, types.Integer):
        return None

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        return builder.load(builder.inttoptr(arguments[0], word.as_pointer()), align=1, typ=word)

    return types.uint64(address), build


@intrinsic
def trailing_zeros(_typing: Any, value: Any) -> Any:
    """Number of zero bits below the lowest one of a uint64; 64 for zero."""
    if value != types.uint64:
        return None

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(value), build
