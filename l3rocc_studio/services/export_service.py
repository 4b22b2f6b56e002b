"""Writing results out: datasets in this process, films in children that can be stopped at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.export_request import ExportFormat, ExportRequest
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.job_service import load_run
from l3rocc_studio.services.run_writers import write_run

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


class RenderFilm(Protocol):
    """Renders a run to a film in child processes; several may be at work at once, each called in its own thread."""

    def __call__(
        self, location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken
    ) -> None:
        """Render the film; ends at once when ``cancel`` is set."""
        ...


class ExportService:
    """Exports; every call returns when the file is complete.

    Parameters
    ----------
    render_film
        What makes films.
    load_run
        What finds a finished run again.
    """

    def __init__(self, render_film: RenderFilm, load_run: Callable[[RunLocation], Run] = load_run) -> None:
        self._render_film = render_film
        self._load_run = load_run

    def export(self, location: RunLocation, request: ExportRequest, *, events: EventSink, cancel: CancelToken) -> Path:
        """Write whatever is asked for.

        Parameters
        ----------
        location
            Where the finished run is; it is loaded anew, so that what is open elsewhere does not matter.

        Raises
        ------
        L3roccError
            If it cannot be written; nothing incomplete stays behind.
        Cancelled
            If ``cancel`` was set.
        """
        if request.format is ExportFormat.FILM:
            return self.export_film(location, request.out, spec=request.film, events=events, cancel=cancel)
        run = self._load_run(location)
        with closing(run.source):
            return write_run(run, request, events=events, cancel=cancel)

    def export_film(
        self,
        location: RunLocation,
        out: Path,
        *,
        spec: FilmSpec | None = None,
        events: EventSink,
        cancel: CancelToken,
    ) -> Path:
        """Render a film; what was finished of one that was stopped or killed is used by the next call for it.

        Parameters
        ----------
        spec
            What to show and how; None takes the three panels from God's eye.

        Raises
        ------
        L3roccError
            If rendering or writing failed, or a renderer died.
        Cancelled
            If ``cancel`` was set.
        """
        self._render_film(location, out, spec or FilmSpec(), events=events, cancel=cancel)
        return out
