"""Films and stills of a run as files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, no_events
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_studio.render.film_encoder import FilmEncoder, film_rate
from l3rocc_studio.render.run_painter import FilmLook, RunPainter

STAGE = "film"


def render_movie(
    run: Run,
    out: Path,
    *,
    height: int | None = None,
    fps: float | None = None,
    first_frame: int = 0,
    last_frame: int | None = None,
    look: FilmLook | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> int:
    """Write the three-panel film of a run: H.264, yuv420p, one picture a frame.

    Parameters
    ----------
    run
        What to show.
    out
        The mp4; appears when it is complete.
    height
        Height of the panels in pixels; None takes the source's, at most 720.
    fps
        Frames a second; None takes the source's.
    first_frame, last_frame
        Range to show, both included; None means to the end.
    look
        What to show and how.
    events
        Told of every frame, stage ``"film"``.
    cancel
        Asked before every frame.

    Returns
    -------
    int
        Number of frames written.

    Raises
    ------
    ConfigError
        If the range, the rate or the height makes no sense.
    OutputError
        If nothing here can draw, or the film cannot be written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    last = run.num_frames - 1 if last_frame is None else last_frame
    if not 0 <= first_frame <= last < run.num_frames:
        raise ConfigError(f"Frames {first_frame} to {last} are not in the run, which has {run.num_frames}.")
    if fps is not None and not 0.0 < fps <= 1000.0:
        raise ConfigError(f"The frame rate must be from 0 to 1000, not {fps}.")
    rate = film_rate(fps or run.source.fps)
    token = cancel or CancelToken()
    total = last - first_frame + 1
    events(ProgressEvent(stage=STAGE, done=0, total=total))
    with ExitStack() as stack:
        partial = stack.enter_context(atomic_file(out))
        painter = stack.enter_context(RunPainter(run, height_px=height, look=look))
        encoder = stack.enter_context(FilmEncoder(partial, painter.layout.size_px, rate))
        for done, (frame_idx, picture) in enumerate(_pictures(run, range(first_frame, last + 1), token), start=1):
            encoder.add(painter.paint(frame_idx, picture))
            events(ProgressEvent(stage=STAGE, done=done, total=total))
    return total


def _pictures(run: Run, frames: range, cancel: CancelToken) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    cancel.check()
    for item in run.source.frames(frames):
        cancel.check()
        yield item


def render_still(
    run: Run, frame_idx: int, out_png: Path, *, height: int | None = None, look: FilmLook | None = None
) -> None:
    """Write one composed picture as PNG; parameters and errors as for :func:`render_movie`."""
    if not 0 <= frame_idx < run.num_frames:
        raise ConfigError(f"There is no frame {frame_idx}; the run has {run.num_frames}.")
    with RunPainter(run, height_px=height, look=look) as painter:
        picture = painter.paint(frame_idx, run.source.frame(frame_idx))
    with atomic_file(out_png) as partial:
        Image.fromarray(picture).save(partial, format="PNG")
