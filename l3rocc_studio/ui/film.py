"""How the studio makes films; it knows no Qt, and is here because it joins services and rendering."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.film_costs import FilmCosts
    from l3rocc_studio.render.film_forecast import FilmForecast
    from l3rocc_studio.render.film_preview import PreviewProcess

LEAST_PREVIEW_PX, MOST_PREVIEW_PX = 320, 720
"""Heights of a preview's panels: below, fine lines suffer; above, it takes too long."""


def render_film(location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken) -> None:
    """Render a run to a film in child processes; the caller's thread only waits."""
    from l3rocc_studio.render import movie
    from l3rocc_studio.render.film_store import discard_film
    from l3rocc_studio.services.job_service import load_run

    try:
        movie.render_film(location, out, spec, load_run=load_run, events=events, cancel=cancel)
    except Cancelled:
        # A person who stops an export does not expect to find a part of it; only a crash leaves one to go on from.
        discard_film(out)
        raise


def start_preview(location: RunLocation) -> PreviewProcess:
    """Start what draws single pictures of a film in a process of its own; call it, and close it, in a worker."""
    from l3rocc_studio.render.film_preview import PreviewProcess
    from l3rocc_studio.services.job_service import load_run

    return PreviewProcess(location, load_run)


def foresee_film(run: Run, spec: FilmSpec, costs: FilmCosts | None = None) -> FilmForecast:
    """What a film of a run will be, and how long it takes; ``costs`` are those of its pictures, if they are known.

    Raises
    ------
    ConfigError
        If the wishes do not go with the run.
    """
    from l3rocc_studio.model.film_plan import film_facts
    from l3rocc_studio.render.film_forecast import forecast_film

    return forecast_film(film_facts(run), spec, costs=costs)


def num_pictures_left(run: Run, out: Path, spec: FilmSpec) -> int:
    """How many pictures of the very same film an earlier try, which was ended, left finished beside ``out``."""
    from l3rocc_studio.model.film_plan import film_facts, plan_film
    from l3rocc_studio.render.film_store import FilmStore, film_folder, film_key

    if not film_folder(out).is_dir():
        return 0
    plan = plan_film(film_facts(run), spec)
    return sum(len(plan.segments[number]) for number in FilmStore(out, spec, plan).finished(film_key(run, spec, plan)))


def preview_height_px(run: Run, film: FilmSpec, room_px: tuple[int, int]) -> int:
    """How high the panels of a preview must be to fill a room of (width, height) on the screen, within reason."""
    from l3rocc_studio.render.film_layout import plan_layout

    whole = plan_layout(run.source.size_px, film.layout, film.output)
    share = min(room / size for room, size in zip(room_px, whole.size_px, strict=True))
    return min(max(round(share * whole.panel_height_px), LEAST_PREVIEW_PX), MOST_PREVIEW_PX)
