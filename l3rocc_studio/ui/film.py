"""How the studio makes films; it knows no Qt, and is here because it joins services and rendering."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation

PREVIEW_HEIGHT_PX = 360


def render_film(location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken) -> None:
    """Render a run to a film in child processes; the caller's thread only waits."""
    from l3rocc_studio.render import movie
    from l3rocc_studio.services.job_service import load_run

    movie.render_film(location, out, spec, load_run=load_run, events=events, cancel=cancel)


def draw_preview(location: RunLocation, spec: FilmSpec, frame_idx: int, *, cancel: CancelToken) -> NDArray[np.uint8]:
    """The composed picture (H, W, 3) of one frame as a film would have it, drawn small in a child process.

    Raises
    ------
    L3roccError
        If it cannot be drawn.
    Cancelled
        If ``cancel`` was set; the child is ended at once.
    """
    from l3rocc_engine.isolation import run_isolated

    picture: NDArray[np.uint8] = run_isolated(_draw_in_child, location, spec, frame_idx, cancel=cancel)
    return picture


def _draw_in_child(_say: object, location: RunLocation, spec: FilmSpec, frame_idx: int) -> NDArray[np.uint8]:
    from l3rocc_studio.render.run_painter import RunPainter
    from l3rocc_studio.services.job_service import load_run

    output = dataclasses.replace(spec.output, fit_px=None, is_padded=False, height_px=PREVIEW_HEIGHT_PX)
    run = load_run(location)
    with closing(run.source), RunPainter(run, dataclasses.replace(spec, output=output)) as painter:
        _, picture = next(iter(run.source.frames([frame_idx])))
        painted = painter.paint(frame_idx, picture)
    if painted.shape[2] == 3:
        return painted
    # On a checkerboard, as picture editors show what is transparent.
    rows, columns = np.indices(painted.shape[:2]) // 12
    board = np.where((rows + columns) % 2 == 0, 255, 215)[..., None]
    alpha = painted[..., 3:] / 255.0
    return (painted[..., :3] * alpha + board * (1.0 - alpha)).astype(np.uint8)
