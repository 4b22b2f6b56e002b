"""Draws and encodes the segments of a film, in the process that calls it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_plan import FilmPlan
from l3rocc_studio.model.film_spec import Backdrop, FilmSpec
from l3rocc_studio.render.film_codec import takes_planes
from l3rocc_studio.render.film_encoder import FilmPicture, open_segment
from l3rocc_studio.render.film_store import FilmStore
from l3rocc_studio.render.run_painter import RunPainter


def draw_segments(
    run: Run,
    out: Path,
    spec: FilmSpec,
    plan: FilmPlan,
    numbers: Sequence[int],
    on_picture: Callable[[], None],
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
    store = FilmStore(out, spec, plan)
    is_clear = spec.layout.backdrop is Backdrop.TRANSPARENT
    has_planes = takes_planes(spec.output.format, is_clear=is_clear)
    with RunPainter(run, spec) as painter, closing(_Pictures(run, painter, plan, has_planes=has_planes)) as pictures:
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
                    encoder.add(pictures.paint(position))
                    on_picture()


class _Pictures:
    """Paints the pictures of a film; neighbouring segments go on in the same stream of the source."""

    def __init__(self, run: Run, painter: RunPainter, plan: FilmPlan, *, has_planes: bool) -> None:
        self._run, self._painter, self._plan = run, painter, plan
        self._paint = painter.paint_planes if has_planes else painter.paint
        self._num_title = sum(frame_idx is None for frame_idx in plan.frames)
        self._stream: Iterator[tuple[int, NDArray[np.uint8]]] = iter(())
        self._next = -1

    def paint(self, number: int) -> FilmPicture:
        """A picture of the film."""
        if number < self._num_title:
            return self._painter.paint_title((number + 0.5) / self._num_title)
        if number != self._next:
            self.close()
            frames = self._plan.frames[number:]
            self._stream = self._run.source.frames([frame_idx for frame_idx in frames if frame_idx is not None])
        self._next = number + 1
        return self._paint(*next(self._stream))

    def close(self) -> None:
        """End the stream."""
        if isinstance(self._stream, Generator):
            self._stream.close()
