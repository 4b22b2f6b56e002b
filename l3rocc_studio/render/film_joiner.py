"""Finished segments of a film put together; no picture is encoded twice, except for a gif's colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av

from l3rocc_engine.errors import OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import atomic_file, atomic_folder
from l3rocc_engine.storage.link import link_or_copy
from l3rocc_studio.model.film_plan import FilmPlan
from l3rocc_studio.model.film_spec import FilmFormat
from l3rocc_studio.render.gif_writer import write_gif

_NO_DECODER = {"codec_whitelist": "none"}
"""What opens a file decodes its first pictures to know more of them than is needed here; that would take longer than
everything else."""


def join_segments(
    segments: Sequence[Path], out: Path, kind: FilmFormat, plan: FilmPlan, *, overwrite: bool, cancel: CancelToken
) -> None:
    """Make the film of its segments.

    Parameters
    ----------
    segments
        In order; together they hold the plan's pictures.
    out
        The film, or the folder of a PNG sequence; appears when it is complete.
    kind
        What is written.
    plan
        When each picture is shown.
    overwrite
        Whether a folder that is there may be replaced.
    cancel
        Asked before every picture.

    Raises
    ------
    OutputError
        If the film cannot be written, or a segment is damaged.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    if kind is FilmFormat.PNG:
        _join_pictures(segments, out, overwrite=overwrite)
        return
    with atomic_file(out) as partial:
        try:
            if kind is FilmFormat.GIF:
                write_gif(_frames(segments, cancel), _frames(segments, cancel), partial, plan)
            else:
                _join_streams(segments, partial, kind, plan, cancel)
        except (av.FFmpegError, ValueError) as error:
            raise OutputError(f"The film {out.name} cannot be put together: {error}.") from error


def _join_pictures(segments: Sequence[Path], out: Path, *, overwrite: bool) -> None:
    with atomic_folder(out, overwrite=overwrite) as partial:
        number = 0
        for segment in segments:
            for picture in sorted(segment.iterdir()):
                link_or_copy(picture, partial / f"frame_{number:06d}.png")
                number += 1


def _join_streams(segments: Sequence[Path], out: Path, kind: FilmFormat, plan: FilmPlan, cancel: CancelToken) -> None:
    order = [
        rank for segment, numbers in zip(segments, plan.segments, strict=True) for rank in _ranks(segment, numbers)
    ]
    if sorted(order) != list(range(plan.num_pictures)):
        raise OutputError(f"The segments of {out.name} do not hold the film's pictures.", "Render it again.")
    decode_ticks = _decode_ticks(order, plan)
    options = {"movflags": "+faststart"} if kind is FilmFormat.MP4 else {}
    with av.open(str(out.absolute()), "w", format=kind.value, options=options) as film:
        stream: Any = None
        for position, packet in enumerate(_packets(segments, cancel)):
            if stream is None:
                stream = film.add_stream_from_template(packet.stream)
                stream.time_base = plan.tick
                stream.metadata.update(packet.stream.metadata)
            rank = order[position]
            packet.stream, packet.time_base = stream, plan.tick
            packet.pts, packet.dts = plan.ticks[rank], decode_ticks[position]
            packet.duration = (*plan.ticks, plan.end_tick)[rank + 1] - plan.ticks[rank]
            film.mux_one(packet)


def _packets(segments: Sequence[Path], cancel: CancelToken) -> Iterator[Any]:
    for segment in segments:
        with av.open(str(segment.absolute()), options=_NO_DECODER) as container:
            for packet in container.demux(video=0):
                cancel.check()
                if packet.size:
                    yield packet


def _frames(segments: Sequence[Path], cancel: CancelToken) -> Iterator[Any]:
    for segment in segments:
        with av.open(str(segment.absolute())) as container:
            for frame in container.decode(video=0):
                cancel.check()
                yield frame


def _ranks(segment: Path, numbers: range) -> list[int]:
    """Which picture of the film each packet of a segment holds, in the order of the file."""
    with av.open(str(segment.absolute()), options=_NO_DECODER) as container:
        times = [packet.pts for packet in container.demux(video=0) if packet.size]
    rank_of = {time: rank for rank, time in enumerate(sorted(times))}
    return [numbers.start + rank_of[time] for time in times]


def _decode_ticks(order: Sequence[int], plan: FilmPlan) -> list[int]:
    """Increasing times of decoding, none later than the picture's own: pictures' times, put off as far as needed."""
    delay = max(position - rank for position, rank in enumerate(order))
    step = plan.ticks[1] - plan.ticks[0] if plan.num_pictures > 1 else 1
    early = [plan.ticks[0] - step * (delay - number) for number in range(delay)]
    return [*early, *plan.ticks][: len(order)]
