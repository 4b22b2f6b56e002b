"""Gifs: one palette for the whole film, and only what changed in each picture."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from l3rocc_studio.model.film_plan import FilmPlan

PALETTE_PICTURES = 40
"""Pictures, spread over the film, that the colours are taken from."""
GIF_TICK = Fraction(1, 100)
MIN_TICKS = 2
"""Viewers take shorter delays for mistakes."""


def write_gif(first_pass: Iterator[Any], second_pass: Iterator[Any], out: Path, plan: FilmPlan) -> None:
    """Write frames as a gif that plays for ever.

    Parameters
    ----------
    first_pass, second_pass
        The same RGB frames twice: for the colours, and to be written.
    out
        The file to make.
    plan
        When each picture is shown; a gif counts hundredths of a second.

    Raises
    ------
    av.FFmpegError
        If it cannot be written.
    """
    palette = _palette(first_pass, plan)
    with av.open(str(out.absolute()), "w", format="gif") as film:
        stream: Any = film.add_stream("gif", rate=plan.rate)
        painter: _PalettePainter | None = None
        at = -MIN_TICKS
        for number, frame in enumerate(second_pass):
            if painter is None:
                painter = _PalettePainter(frame, palette)
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "pal8"
                stream.time_base = stream.codec_context.time_base = GIF_TICK
            shown = painter.paint(frame, number)
            at = max(at + MIN_TICKS, round(plan.ticks[number] * plan.tick / GIF_TICK))
            shown.pts, shown.time_base = at, GIF_TICK
            film.mux(stream.encode(shown))
        film.mux(stream.encode(None))


def _palette(frames: Iterator[Any], plan: FilmPlan) -> Any:
    """A picture of 16x16 colours."""
    step = max(1, plan.num_pictures // PALETTE_PICTURES)
    graph: Any = None
    for number, frame in enumerate(frames):
        if graph is None:
            graph = av.filter.Graph()
            graph.link_nodes(_source(graph, frame), graph.add("palettegen"), graph.add("buffersink")).configure()
        if number % step == 0:
            frame.pts, frame.time_base = number, Fraction(1, 100)
            graph.push(frame)
    graph.push(None)
    return graph.pull()


def _source(graph: Any, frame: Any) -> Any:
    return graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 100))


class _PalettePainter:
    """Puts frames into the colours of a palette."""

    def __init__(self, frame: Any, palette: Any) -> None:
        self._graph: Any = av.filter.Graph()
        self._pictures, colors = _source(self._graph, frame), _source(self._graph, palette)
        use = self._graph.add("paletteuse", "dither=bayer:bayer_scale=4:diff_mode=rectangle")
        sink = self._graph.add("buffersink")
        self._pictures.link_to(use, 0, 0)
        colors.link_to(use, 0, 1)
        use.link_to(sink, 0, 0)
        self._graph.configure()
        palette.pts, palette.time_base = 0, Fraction(1, 100)
        colors.push(palette)
        colors.push(None)
        self._sink = sink

    def paint(self, frame: Any, number: int) -> Any:
        """The same picture with at most 256 colours."""
        frame.pts, frame.time_base = number, Fraction(1, 100)
        self._pictures.push(frame)
        return self._sink.pull()
