"""How a process gets at the machine code of kernels that was compiled before."""

from __future__ import annotations

from typing import Any


def load_kernels_alone() -> None:
    """From now on take kernels from disk without what would be needed to compile them.

    Numba reads everything that it can compile before it takes the first kernel from its cache, and SciPy's linear
    algebra with it: most of what a process that only draws a few pictures would do. Machine code needs none of it but
    the runtime. What is not in the cache is compiled as ever, since the compiler reads all that by itself (numba's
    ``CompilerBase``). Call it before the first kernel runs.
    """
    from numba.core import caching
    from numba.core.runtime import rtsys

    def load_overload(self: Any, signature: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(signature, target_context)

    caching.Cache.load_overload = load_overload
