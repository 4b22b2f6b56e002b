"""Finds out what a film costs by making a few of its pictures with all that makes the film."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from pathlib import Path

import av

from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_engine.storage.scratch import scratch_folder
from l3rocc_studio.model.film_plan import FilmPlan, film_facts, plan_film
from l3rocc_studio.model.film_spec import FilmFormat, FilmSpec
from l3rocc_studio.render.film_children import PictureDone
from l3rocc_studio.render.film_costs import FilmCosts
from l3rocc_studio.render.film_joiner import join_segments
from l3rocc_studio.render.film_layout import plan_layout
from l3rocc_studio.render.film_segments import draw_segments
from l3rocc_studio.render.film_store import FilmStore, film_folder

PLACES = (0.2, 0.5, 0.8)
"""Where pictures are taken, as shares of the film; the work is measured in the middle, which is like the mean."""
RUN_PICTURES = 5
"""So many that follow one another at each place, and one more in a segment of its own.

Once that is painted those before it are encoded too.
"""
LARGE_PX = 6_000_000
"""Of pictures this large, those of one place take long enough."""
MEASURED_BYTES, MEASURED_WORK = 1.2, 1.35
"""By which factor a film differs from its samples."""


def probe_film(run: Run, spec: FilmSpec, on_picture: PictureDone, cancel: CancelToken) -> FilmCosts:
    """Make some pictures of a film and look at what they took.

    Parameters
    ----------
    run, spec
        The film.
    on_picture
        Called after each picture.
    cancel
        Asked before each picture.

    Raises
    ------
    L3roccError
        As :func:`l3rocc_studio.render.movie.render_movie`.
    Cancelled
        If asked to stop.
    """
    facts = film_facts(run)
    width, height = plan_layout(facts.size_px, spec.layout, spec.output).size_px
    plan = sample_plan(plan_film(facts, spec), PLACES if width * height < LARGE_PX else PLACES[1:2])
    marks_s: list[float] = []

    def done() -> None:
        marks_s.append(time.process_time())
        on_picture()

    with scratch_folder("probe") as folder:
        out = folder / f"film.{spec.output.format.value}"
        film_folder(out).mkdir()
        store = FilmStore(out, spec, plan)
        began_s = time.process_time()
        draw_segments(run, out, spec, plan, _middle_last(plan), done, cancel)
        ended_s = time.process_time()
        if spec.output.format is FilmFormat.GIF:
            join_segments(store.paths, out, spec.output.format, plan, overwrite=False, cancel=cancel)
        joined_s = time.process_time()
        key_bytes, next_bytes = _sizes(store.paths, out, spec.output.format, plan)
    return FilmCosts(
        key_bytes=key_bytes,
        next_bytes=next_bytes,
        first_s=marks_s[0] - began_s,
        next_s=_next_s([began_s, *marks_s], plan),
        joining_s=(joined_s - ended_s) / plan.num_pictures,
        bytes_spread=MEASURED_BYTES,
        work_spread=MEASURED_WORK,
    )


def sample_plan(plan: FilmPlan, places: tuple[float, ...] = PLACES) -> FilmPlan:
    """A film of runs of neighbouring pictures at some places of another; all of it where it is short."""
    shown = [number for number, frame_idx in enumerate(plan.frames) if frame_idx is not None]
    length = RUN_PICTURES + 1
    if len(shown) < 2 * len(places) * length:  # runs of fewer might overlap
        starts, length = [0], len(shown)
    else:
        starts = [round(place * (len(shown) - length)) for place in places]
    cuts = [cut for place in range(len(starts)) for cut in {place * length, (place + 1) * length - 1}]
    frames = tuple(plan.frames[shown[start + step]] for start in starts for step in range(length))
    return replace(
        plan,
        frames=frames,
        ticks=plan.ticks[: len(frames)],
        end_tick=plan.ticks[len(frames)] if len(frames) < len(plan.ticks) else plan.end_tick,
        segments=tuple(range(begin, end) for begin, end in itertools.pairwise([*sorted(cuts), len(frames)])),
    )


def _next_s(marks_s: list[float], plan: FilmPlan) -> float:
    """CPU seconds of a picture that follows another, of the time before the first and after each one.

    Of the last run of pictures alone, as before each of the others the source is sought through.
    """
    if len(plan.segments) == 1:
        return marks_s[-1] - marks_s[0]
    num_last = len(plan.segments[_middle_last(plan)[-2]])
    return (marks_s[-1] - marks_s[-1 - num_last]) / num_last


def _middle_last(plan: FilmPlan) -> list[int]:
    """Numbers of the segments, two a place, in the order in which they are drawn."""
    if len(plan.segments) == 1:
        return [0]
    pairs = [(number, number + 1) for number in range(0, len(plan.segments), 2)]
    middle = pairs.pop(len(pairs) // 2)
    return [number for pair in (*pairs, middle) for number in pair]


def _sizes(segments: list[Path], out: Path, kind: FilmFormat, plan: FilmPlan) -> tuple[float, float]:
    """Mean bytes of the pictures that begin a segment, and of the others."""
    if kind is FilmFormat.GIF:
        mean = out.stat().st_size / plan.num_pictures
        return mean, mean
    sizes = [_picture_sizes(path, kind) for path in segments]
    firsts, others = [of_one[0] for of_one in sizes], [size for of_one in sizes for size in of_one[1:]]
    key_bytes = sum(firsts) / len(firsts)
    return key_bytes, sum(others) / len(others) if others else key_bytes


def _picture_sizes(segment: Path, kind: FilmFormat) -> list[int]:
    if kind is FilmFormat.PNG:
        return [picture.stat().st_size for picture in sorted(segment.iterdir())]
    with av.open(str(segment)) as container:
        return [packet.size for packet in container.demux(video=0) if packet.size]
