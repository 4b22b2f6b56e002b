"""Where a ruler has lines and what it writes beside them."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from l3rocc_studio.model.time_scale import TimeScale

_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One line of a ruler.

    Attributes
    ----------
    x_px
        Where it is.
    text
        What is written; empty for the lines in between.
    """

    x_px: float
    text: str = ""


def frame_step(px_per_frame: float, label_px: float) -> int:
    """Distance between written frame numbers: 1, 2 or 5 times a power of ten, at least ``label_px`` apart."""
    least = max(1.0, label_px / px_per_frame)
    power = 10 ** math.floor(math.log10(least))
    return next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= least - 1e-9)


def frame_ticks(scale: TimeScale, *, label_px: float) -> list[Tick]:
    """Written frame numbers in view, counted from 0."""
    if scale.num_frames == 0:
        return []
    step, view = frame_step(scale.px_per_frame, label_px), scale.frames_in_view
    first = -(-view.start // step) * step
    return [Tick(x_px=scale.x_of(frame_idx), text=str(frame_idx)) for frame_idx in range(first, view.stop, step)]


def time_ticks(scale: TimeScale, times_s: Sequence[float], *, label_px: float) -> list[Tick]:
    """Lines at round times in view; every fifth of them or so is written.

    Parameters
    ----------
    scale
        Which frames are in view.
    times_s
        (T,) presentation time of each frame, which need not be even.
    label_px
        Room that a written time needs.
    """
    view = scale.frames_in_view
    if len(view) == 0 or len(times_s) < 2:
        return []
    start_s, end_s = times_s[view.start], times_s[view.stop - 1]
    px_per_s = scale.px_per_frame * max(1, len(view) - 1) / max(end_s - start_s, 1e-9)
    step = next((s for s in _SECONDS if s * px_per_s >= label_px), _SECONDS[-1])
    parts = 5 if step * px_per_s >= 40 else 2
    ticks = []
    for number in range(math.ceil(start_s / step * parts - 1e-9), math.floor(end_s / step * parts + 1e-9) + 1):
        is_written = number % parts == 0
        text = ruler_time(number * step / parts, step) if is_written else ""
        ticks.append(Tick(x_px=_x_of_time(scale, times_s, number * step / parts), text=text))
    return ticks


def ruler_time(seconds: float, step_s: float) -> str:
    """A time as short as its neighbours allow: ``1:05``, ``0:01.5``, ``2:00:00``."""
    decimals = 0 if step_s >= 1 else 1 if step_s >= 0.1 else 2
    units = round(seconds * 10**decimals)
    whole, rest = divmod(units, 10**decimals)
    hours, minutes, secs = whole // 3600, whole // 60 % 60, whole % 60
    text = f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"
    return f"{text}.{rest:0{decimals}d}" if decimals else text


def _x_of_time(scale: TimeScale, times_s: Sequence[float], time_s: float) -> float:
    """A time's place, even between frames."""
    after = min(max(bisect.bisect_right(times_s, time_s), 1), len(times_s) - 1)
    gap_s = times_s[after] - times_s[after - 1]
    return scale.edge_x(after - 0.5 + (time_s - times_s[after - 1]) / max(gap_s, 1e-9))
