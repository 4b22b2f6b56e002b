"""Draws and encodes the segments of a film, in this process or in several."""

from __future__ import annotations

import ctypes
import gc
import itertools
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
from numpy.typing import NDArray

from l3rocc_engine.cores import usable_cores
from l3rocc_engine.isolation import Say, run_isolated
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_plan import FilmPlan
from l3rocc_studio.model.film_spec import Backdrop, FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.film_encoder import open_segment
from l3rocc_studio.render.film_store import FilmStore

if TYPE_CHECKING:
    from l3rocc_studio.render.run_painter import RunPainter

LoadRun = Callable[[RunLocation], Run]
"""A function of a module, so that a child process can import it."""
PictureDone = Callable[[], None]

MAX_WORKERS = 8
MEMORY_A_WORKER_BYTES = 1_500_000_000
PICTURES_WORTH_A_WORKER = 12
"""Fewer are drawn sooner than another process has started."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST_KEPT_BYTES, _KEPT_BYTES = 32 << 20, 512 << 20


def draw_segments(
    run: Run,
    out: Path,
    spec: FilmSpec,
    plan: FilmPlan,
    numbers: Sequence[int],
    on_picture: PictureDone,
    cancel: CancelToken,
    *,
    is_shared: bool = False,
) -> None:
    """Draw segments here, one after the other.

    Parameters
    ----------
    run, out, spec, plan
        The film.
    numbers
        Of the segments.
    on_picture
        Called after each picture.
    cancel
        Asked before each picture.
    is_shared
        Whether others draw segments of the same film now; those that one of them has taken are left out.

    Raises
    ------
    OutputError
        If nothing here can draw, or a segment cannot be written.
    Cancelled
        If asked to stop.
    """
    # VTK is slow to import, and the process that only looks after others does not need it.
    from l3rocc_studio.render.run_painter import RunPainter

    store = FilmStore(out, spec, plan)
    is_clear = spec.layout.backdrop is Backdrop.TRANSPARENT
    with RunPainter(run, spec) as painter, closing(_Pictures(run, painter, plan)) as pictures:
        if is_shared:
            # All that was imported and made ready stays to the end: nobody need look whether it is still used.
            gc.freeze()
            gc.enable()
        for number in numbers:
            if is_shared and not store.take(number):
                continue
            size_px, output = painter.layout.size_px, spec.output
            with (
                store.writing(number) as partial,
                open_segment(partial, output.format, size_px, plan.rate, output.quality, is_clear=is_clear) as encoder,
            ):
                for position in plan.segments[number]:
                    cancel.check()
                    picture = pictures.paint(position)
                    encoder.add(picture, painter.changed)
                    on_picture()


class _Pictures:
    """Paints the pictures of a film; neighbouring segments go on in the same stream of the source."""

    def __init__(self, run: Run, painter: RunPainter, plan: FilmPlan) -> None:
        self._run, self._painter, self._plan = run, painter, plan
        self._num_title = sum(frame_idx is None for frame_idx in plan.frames)
        self._stream: Iterator[tuple[int, NDArray[np.uint8]]] = iter(())
        self._next = -1

    def paint(self, number: int) -> NDArray[np.uint8]:
        """A picture of the film."""
        if number < self._num_title:
            return self._painter.paint_title((number + 0.5) / self._num_title)
        if number != self._next:
            self.close()
            frames = self._plan.frames[number:]
            self._stream = self._run.source.frames([frame_idx for frame_idx in frames if frame_idx is not None])
        self._next = number + 1
        return self._painter.paint(*next(self._stream))

    def close(self) -> None:
        """End the stream."""
        if isinstance(self._stream, Generator):
            self._stream.close()


def draw_segments_in_children(
    location: RunLocation,
    load_run: LoadRun,
    out: Path,
    spec: FilmSpec,
    plan: FilmPlan,
    numbers: Sequence[int],
    on_picture: PictureDone,
    cancel: CancelToken,
    num_workers: int,
) -> None:
    """Draw segments in child processes; see :func:`draw_segments`.

    Each begins with neighbours, which share what changes slowly, and who is done helps the others from their ends on.

    Raises
    ------
    L3roccError
        Whatever a child met first; the others are stopped.
    Cancelled
        If asked to stop; the children are ended at once.
    """
    failures: list[BaseException] = []
    stop, lock = CancelToken(), threading.Lock()

    def hear(_word: object) -> None:
        with lock:
            on_picture()

    def work(share: Sequence[int]) -> None:
        try:
            run_isolated(
                _draw_in_child,
                location,
                load_run,
                out,
                spec,
                plan,
                share,
                num_workers,
                cancel=stop,
                on_message=hear,
            )
        except BaseException as error:  # noqa: BLE001  (raised again below, in the caller's thread)
            failures.append(error)
            stop.set()

    threads = [
        threading.Thread(target=work, args=(share,), name=f"film-{first}")
        for first, share in enumerate(_shares(numbers, num_workers))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            if cancel.is_set():
                stop.set()
            thread.join(0.1)
    cancel.check()
    if failures:
        raise failures[0]


def _shares(numbers: Sequence[int], num_workers: int) -> list[tuple[int, ...]]:
    """For each worker all segments in the order in which it may take them."""
    cuts = [rank * len(numbers) // num_workers for rank in range(num_workers + 1)]
    parts = [tuple(numbers[begin:end]) for begin, end in itertools.pairwise(cuts)]
    orders = []
    for rank, part in enumerate(parts):
        others = [*parts[rank + 1 :], *parts[:rank]]
        orders.append((*part, *(number for other in others for number in reversed(other))))
    return orders


def _draw_in_child(
    say: Say,
    location: RunLocation,
    load_run: LoadRun,
    out: Path,
    spec: FilmSpec,
    plan: FilmPlan,
    numbers: Sequence[int],
    num_workers: int,
) -> None:
    if num_workers > 1:
        # Mesa's own threads would only fight with the other workers for the same cores; 0 draws in the caller's.
        os.environ.setdefault("LP_NUM_THREADS", "0")
    _keep_freed_memory()
    gc.disable()
    run = load_run(location)
    with closing(run.source):
        draw_segments(run, out, spec, plan, numbers, lambda: say(None), CancelToken(), is_shared=True)


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
