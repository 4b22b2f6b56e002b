"""Machine operations that numba has no name for: an unaligned 64-bit load, counting trailing zeros, prefetching."""

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


@intrinsic
def prefetch(_typing: Any, address: Any) -> Any:
    """Ask for the cache line at an address, which need not be valid, that will be written to soon."""
    if not isinstance(address, types.Integer):
        return None

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [pointer], fnty=kind)
        # 1: to be written; 3: into all caches; 1: data.
        builder.call(function, [builder.inttoptr(arguments[0], pointer), number(1), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(address), build
