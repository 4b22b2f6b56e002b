"""One task a keyframe on a few threads, with progress and a quick answer to cancel."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from l3rocc_engine.cores import usable_cores
from l3rocc_engine.progress import CancelToken, StepProgress

_POLL_S = 0.2
_MAX_WORKERS = 4


def num_workers() -> int:
    """Threads worth starting: the kernels release the interpreter lock, memory bounds the number."""
    return min(_MAX_WORKERS, usable_cores())


def for_each(task: Callable[[int], None], count: int, *, progress: StepProgress, cancel: CancelToken) -> None:
    """Run ``task(0) … task(count - 1)``; tasks must not depend on each other's order.

    Raises
    ------
    Cancelled
        If ``cancel`` was set; running tasks are waited for, and check ``cancel`` themselves.
    """
    progress(0, count)
    with ThreadPoolExecutor(max_workers=num_workers(), thread_name_prefix="dense") as pool:
        pending = {pool.submit(task, k) for k in range(count)}
        try:
            while pending:
                finished, pending = wait(pending, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                if finished:
                    progress(count - len(pending), count)
                cancel.check()
        finally:
            for future in pending:
                future.cancel()
