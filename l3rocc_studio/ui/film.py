"""What the film's child process runs; it knows no Qt, and is here because it joins services and rendering."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.progress import EventSink
from l3rocc_studio.model.run_location import RunLocation


def render_film(location: RunLocation, out: Path, *, events: EventSink) -> None:
    """Load a run and render its three panels to a file."""
    from l3rocc_studio.render.movie import render_movie
    from l3rocc_studio.services.job_service import load_run

    render_movie(load_run(location), out, events=events)
