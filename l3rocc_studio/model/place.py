"""Reads the place on the timeline that a person types."""

from __future__ import annotations

import math
import re

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.timeline import Timeline

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)")
_SECONDS = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*s")
_HINT = "Type a frame (120), a time (0:04.5 or 4.5 s), a step (+10) or a share (50 %)."


def parse_place(text: str, timeline: Timeline) -> int:
    """The frame that a text means.

    Parameters
    ----------
    text
        A frame counted from 0, ``+n`` or ``-n`` frames from the current one, a time ``m:ss.ss``, ``h:mm:ss`` or
        ``4.5 s``, or a share ``50 %``.
    timeline
        What it is a place on. Places beyond the ends mean the nearest end.

    Raises
    ------
    InputError
        If the text is none of these.
    """
    typed = text.strip().lower()
    last = max(0, timeline.num_frames - 1)
    if re.fullmatch(r"[+-]\d+", typed):
        wanted = timeline.current + int(typed)
    elif re.fullmatch(r"\d+", typed):
        wanted = int(typed)
    elif (share := re.fullmatch(r"(\d+(?:\.\d*)?)\s*%", typed)) is not None:
        wanted = round(float(share[1]) / 100 * last)
    else:
        seconds = _seconds(typed)
        if seconds is None:
            raise InputError(f"“{text.strip()}” is not a place on the timeline.", _HINT)
        wanted = timeline.frame_at(seconds)
    return min(max(wanted, 0), last)


def clock_text(seconds: float) -> str:
    """Hours where there are any, minutes, seconds and hundredths: ``0:04.20``, ``1:02:03.00``."""
    hundredths = round(seconds * 100)
    rest = f"{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
    minutes = hundredths // 6000
    return f"{minutes // 60}:{minutes % 60:02d}:{rest}" if minutes >= 60 else f"{minutes}:{rest}"


def _seconds(typed: str) -> float | None:
    clock, plain = _CLOCK.fullmatch(typed), _SECONDS.fullmatch(typed)
    if plain is not None:
        return float(plain[1])
    if clock is None:
        return None
    total = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    return total if math.isfinite(total) else None
