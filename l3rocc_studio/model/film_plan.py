"""Which pictures a film has and when each is shown: whole numbers, decided before anything is drawn."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.film_spec import FilmFormat, FilmSpec

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

SEGMENT_PICTURES = 24
"""Pictures that are encoded together: what is lost at most when a render is killed, and the distance of seek points."""
VARIABLE_TICK = Fraction(1, 90_000)
"""Unit of the times of a film whose source has no constant rate."""
STEADY_WITHIN = 0.03
"""Times that stray no more than this share of a frame from a constant rate are rounding, as containers do it."""
GIF_MAX_FPS = 50
"""Viewers take shorter delays for mistakes and play ten frames a second instead."""


def film_rate(fps: float) -> Fraction:
    """A frame rate as the fraction that players expect: 29.97 becomes 30000/1001."""
    broadcast = Fraction(round(fps * 1001 / 1000) * 1000, 1001)
    if abs(float(broadcast) - fps) < 0.005 and abs(round(fps) - fps) > 0.005:
        return broadcast
    return Fraction(fps).limit_denominator(1000)


CAPTION_WORDS = {"builtin": "built-in engine", "dataset": "poses of the dataset", "pi3": "Pi3"}
"""What made a run, as its film's line of facts tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """What a plan needs to know of a run.

    Attributes
    ----------
    name
        Of the source.
    size_px
        (width, height) of the source's pictures.
    fps
        Nominal rate.
    timestamps_s
        Presentation time of each frame, increasing.
    caption
        What made the run, in a line.
    """

    name: str
    size_px: tuple[int, int]
    fps: float
    timestamps_s: tuple[float, ...]
    caption: str = ""

    @property
    def num_frames(self) -> int:
        """Frames of the run."""
        return len(self.timestamps_s)


def film_facts(run: Run) -> FilmFacts:
    """Look at a run."""
    unit = "m" if run.scale.is_metric else "units"
    backend = CAPTION_WORDS.get(run.record.backend, run.record.backend)
    parts = (run.source.name, backend, f"voxels of {run.config.voxel_size:g} {unit}")
    return FilmFacts(
        name=run.source.name,
        size_px=run.source.size_px,
        fps=run.source.fps,
        timestamps_s=tuple(run.trajectory.timestamps_s.tolist()),
        caption="  ·  ".join(parts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmPlan:
    """The pictures of a film in order.

    Attributes
    ----------
    frames
        The source's frame of each picture; None for the title card.
    ticks
        When each picture appears, in units of ``tick``, starting at 0 and increasing.
    end_tick
        When the last one ends.
    tick
        Unit of time in seconds.
    rate
        Pictures a second, the mean where the source has no constant rate.
    segments
        Numbers of the pictures that are encoded together, of nearly equal length.
    """

    frames: tuple[int | None, ...]
    ticks: tuple[int, ...]
    end_tick: int
    tick: Fraction
    rate: Fraction
    segments: tuple[range, ...]

    @property
    def num_pictures(self) -> int:
        """How many pictures the film has, the title card's included."""
        return len(self.frames)

    @property
    def duration_s(self) -> float:
        """How long it plays."""
        return float(self.end_tick * self.tick)


def plan_film(facts: FilmFacts, spec: FilmSpec) -> FilmPlan:
    """Decide on the pictures and their times.

    Raises
    ------
    ConfigError
        If the range is not in the run, or the format cannot be that fast.
    """
    frames = _frames_shown(facts, spec)
    tick, ticks, end_tick = _times(facts, spec, frames)
    rate = len(frames) / (end_tick * tick)
    if spec.output.format is FilmFormat.GIF and rate > GIF_MAX_FPS:
        raise ConfigError(
            f"A gif plays at most {GIF_MAX_FPS} pictures a second, and this one would have {float(rate):g}.",
            "Show every second frame, or play it slower.",
        )
    num_title = max(1, round(Fraction(spec.marks.title_s) * rate)) if spec.marks.title else 0
    lead_ticks = [round(number / rate / tick) for number in range(num_title + 1)]
    return FilmPlan(
        frames=(*(None for _ in range(num_title)), *frames),
        ticks=(*lead_ticks[:-1], *(lead_ticks[-1] + at for at in ticks)),
        end_tick=lead_ticks[-1] + end_tick,
        tick=tick,
        rate=rate,
        segments=_segments(num_title + len(frames)),
    )


def _segments(num_pictures: int) -> tuple[range, ...]:
    count = -(-num_pictures // SEGMENT_PICTURES)
    cuts = [number * num_pictures // count for number in range(count + 1)]
    return tuple(range(begin, end) for begin, end in itertools.pairwise(cuts))


def _frames_shown(facts: FilmFacts, spec: FilmSpec) -> range:
    first, last = spec.output.first_frame, spec.output.last_frame
    last = facts.num_frames - 1 if last is None else last
    if not 0 <= first <= last < facts.num_frames:
        raise ConfigError(f"Frames {first} to {last} are not in the run, which has {facts.num_frames}.")
    return range(first, last + 1, spec.output.every)


def _times(facts: FilmFacts, spec: FilmSpec, frames: range) -> tuple[Fraction, list[int], int]:
    """Unit, times of the pictures and time of the end."""
    if spec.output.fps is not None:
        return 1 / film_rate(spec.output.fps), list(range(len(frames))), len(frames)
    rate = film_rate(facts.fps)
    times_s = np.asarray(facts.timestamps_s)[frames.start : frames.stop]
    steady_s = np.arange(len(times_s)) / float(rate)
    if np.abs(times_s - times_s[0] - steady_s).max() * float(rate) < max(STEADY_WITHIN, 0.0011 * float(rate)):
        return spec.output.every / rate, list(range(len(frames))), len(frames)
    ticks = [round((t - times_s[0]) / float(VARIABLE_TICK)) for t in times_s[:: spec.output.every]]
    for later in range(1, len(ticks)):
        ticks[later] = max(ticks[later], ticks[later - 1] + 1)
    gap = round(spec.output.every / rate / VARIABLE_TICK)
    return VARIABLE_TICK, ticks, ticks[-1] + gap
