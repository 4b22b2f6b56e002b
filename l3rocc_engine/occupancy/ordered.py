"""Frames worked on by several threads and handed out in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from l3rocc_engine.progress import CancelToken

Result = TypeVar("Result")


def in_order(work: Callable[[int], Result], count: int, threads: int, cancel: CancelToken | None) -> Iterator[Result]:
    """Run ``work`` for 0 .. count - 1 on threads, a few ahead of the consumer, and yield results in order.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    pending: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="occupancy") as pool:
        try:
            for idx in range(count):
                if cancel is not None:
                    cancel.check()
                pending.append(pool.submit(work, idx))
                if len(pending) > 2 * threads:
                    yield pending.popleft().result()
            while pending:
                if cancel is not None:
                    cancel.check()
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
