"""Child processes that draw a film together. What draws is not imported here: the parent only looks after them."""

from __future__ import annotations

import ctypes
import gc
import itertools
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from l3rocc_engine.cores import share_cores, usable_cores
from l3rocc_engine.isolation import Say, run_isolated
from l3rocc_engine.kernel_loading import load_kernels_alone
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.film_plan import FilmPlan
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

LoadRun = Callable[[RunLocation], "Run"]
"""A function of a module, so that a child process can import it."""
PictureDone = Callable[[], None]

MAX_WORKERS = 16
"""Each draws and encodes in a thread of its own; more would wait for the disk and for each other's memory."""
MEMORY_A_WORKER_BYTES = 1_500_000_000
PICTURES_WORTH_A_WORKER = 12
"""Fewer are drawn sooner than another process has started."""
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""What algebra a film needs is soon done, but its threads would go on waiting for more on the others' cores."""
_READY = "ready"
_POLL_S = 0.1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST_KEPT_BYTES, _KEPT_BYTES = 32 << 20, 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a child is to do.

    Attributes
    ----------
    plan
        The film's pictures.
    numbers
        Segments in the order in which the child may take them.
    num_workers
        How many children there are.
    """

    plan: FilmPlan
    numbers: tuple[int, ...]
    num_workers: int


class FilmChildren:
    """Children that get ready while it is decided what there is to draw; use it as a context manager, which ends them.

    Parameters
    ----------
    location, load_run, out, spec
        The film; see :func:`.movie.render_film`.
    """

    def __init__(self, location: RunLocation, load_run: LoadRun, out: Path, spec: FilmSpec) -> None:
        self._job = (location, load_run, out, spec)
        self._stop, self._is_decided, self._lock = CancelToken(), threading.Event(), threading.Lock()
        self._threads: list[threading.Thread] = []
        self._shares: list[Share] = []
        self._failures: list[BaseException] = []
        self._on_picture: PictureDone = lambda: None

    def start(self) -> None:
        """Start one more; it loads the run and waits for its share."""
        rank = len(self._threads)
        thread = threading.Thread(target=self._look_after, args=(rank,), name=f"film-{rank}")
        self._threads.append(thread)
        thread.start()

    def _look_after(self, rank: int) -> None:
        receiver, sender = multiprocessing.Pipe(duplex=False)

        def hear(word: object) -> None:
            if word == _READY:
                self._hand_out(rank, sender)
                return
            with self._lock:
                self._on_picture()

        try:
            run_isolated(
                _draw_in_child, *self._job, receiver, cancel=self._stop, on_message=hear, environment=ENVIRONMENT
            )
        except BaseException as error:  # noqa: BLE001  (raised again in draw, in the caller's thread)
            self._failures.append(error)
            self._stop.set()
        finally:
            receiver.close()
            sender.close()

    def _hand_out(self, rank: int, sender: Connection) -> None:
        """Tell a child its share as soon as there is one; only a child that listens is told, so that nobody waits."""
        while not self._is_decided.wait(_POLL_S):
            if self._stop.is_set():
                return
        with suppress(OSError):  # it has ended; why is known to who looks after it
            sender.send(self._shares[rank])

    def draw(
        self, plan: FilmPlan, numbers: Sequence[int], num_workers: int, on_picture: PictureDone, cancel: CancelToken
    ) -> None:
        """Have segments drawn by so many children; more are started as needed. To be called once.

        Each begins with neighbours, which share what changes slowly, and who is done helps the others from their ends
        on.

        Raises
        ------
        L3roccError
            Whatever a child met first; the others are stopped.
        Cancelled
            If asked to stop; the children are ended at once.
        """
        self._on_picture = on_picture
        while len(self._threads) < num_workers:
            self.start()
        self._shares = [
            Share(plan=plan, numbers=order, num_workers=num_workers) for order in _orders(numbers, num_workers)
        ]
        self._is_decided.set()
        for thread in self._threads:
            while thread.is_alive():
                if cancel.is_set():
                    self._stop.set()
                thread.join(_POLL_S)
        cancel.check()
        if self._failures:
            raise self._failures[0]

    def __enter__(self) -> FilmChildren:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def _orders(numbers: Sequence[int], num_workers: int) -> list[tuple[int, ...]]:
    """For each worker all segments in the order in which it may take them."""
    cuts = [rank * len(numbers) // num_workers for rank in range(num_workers + 1)]
    parts = [tuple(numbers[begin:end]) for begin, end in itertools.pairwise(cuts)]
    orders = []
    for rank, part in enumerate(parts):
        others = [*parts[rank + 1 :], *parts[:rank]]
        orders.append((*part, *(number for other in others for number in reversed(other))))
    return orders


def _draw_in_child(
    say: Say, location: RunLocation, load_run: LoadRun, out: Path, spec: FilmSpec, orders: Connection
) -> None:
    _keep_freed_memory()
    gc.disable()
    load_kernels_alone()
    run = load_run(location)
    with closing(run.source):
        # Slow to import, which is done while the parent decides what there is to draw.
        import cv2

        from l3rocc_studio.render.film_segments import draw_segments

        say(_READY)
        share: Share = orders.recv()
        share_cores(share.num_workers)
        if share.num_workers > 1:
            # Their own threads would only fight with the other workers for the same cores; of Mesa's 0 draw in the
            # caller's.
            os.environ.setdefault("LP_NUM_THREADS", "0")
            cv2.setNumThreads(1)
        draw_segments(run, out, spec, share.plan, share.numbers, lambda: say(None), CancelToken(), is_shared=True)


def _keep_freed_memory() -> None:
    """Let the C library keep what is freed instead of handing it back to the system, where it is glibc.

    Each picture needs the same few arrays of megabytes again, and fresh pages cost more than what is written there.
    """
    if sys.platform.startswith("linux") and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def choose_workers(num_pictures: int) -> int:
    """How many processes to draw with: as many as there are cores, memory and pictures for."""
    memory = int(psutil.virtual_memory().available // MEMORY_A_WORKER_BYTES)
    return max(1, min(MAX_WORKERS, usable_cores(), memory, num_pictures // PICTURES_WORTH_A_WORKER))
