"""How the studio makes films; it knows no Qt, and is here because it joins services and rendering."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation


def render_film(location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken) -> None:
    """Render a run to a film in child processes; the caller's thread only waits."""
    from l3rocc_studio.render import movie
    from l3rocc_studio.services.job_service import load_run

    movie.render_film(location, out, spec, load_run=load_run, events=events, cancel=cancel)
