"""Writing results out: datasets in this process, films in a child that can be stopped at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from l3rocc_engine.errors import Cancelled, L3roccError, OutputError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent
from l3rocc_studio.model.run_location import RunLocation

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

_POLL_S = 0.1
_STOP_S = 3.0


class RenderFilm(Protocol):
    """Renders a run to a film; a function of a module, so that a child process can import it."""

    def __call__(self, location: RunLocation, out: Path, *, events: EventSink) -> None:
        """Render the whole run."""
        ...


WriteDataset = Callable[..., Path]


@dataclass(frozen=True, slots=True)
class _Done:
    """The child's last word when all went well."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """The child's last word when the export failed."""

    message: str
    hint: str


class ExportService:
    """Exports; every call returns when the file is complete.

    Parameters
    ----------
    render_film
        What the child process runs.
    """

    def __init__(self, render_film: RenderFilm) -> None:
        self._render_film = render_film

    def export_dataset(
        self, run: Run, out: Path, *, profile: str, overwrite: bool, events: EventSink, cancel: CancelToken
    ) -> Path:
        """Write a run as a dataset folder.

        Parameters
        ----------
        profile
            ``"interndata"`` or ``"lerobot"``.

        Raises
        ------
        OutputError
            If it cannot be written; nothing incomplete stays behind.
        Cancelled
            If ``cancel`` was set.
        """
        from l3rocc_engine.dataset import write_dataset

        write_dataset(run, out, profile=profile, overwrite=overwrite, events=events, cancel=cancel)
        return out

    def export_film(self, location: RunLocation, out: Path, *, events: EventSink, cancel: CancelToken) -> Path:
        """Render the three-panel film in a child process, which is ended at once on cancel.

        Raises
        ------
        OutputError
            If rendering or writing failed, or the child died.
        Cancelled
            If ``cancel`` was set.
        """
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        child = context.Process(
            target=_film_process, args=(self._render_film, location, out, there), name="film", daemon=True
        )
        child.start()
        there.close()
        try:
            _follow(here, events, cancel)
        finally:
            _end(child)
            here.close()
        return out


def _follow(here: Connection, events: EventSink, cancel: CancelToken) -> None:
    """Pass the child's progress on until its last word."""
    while True:
        cancel.check()
        try:
            word = here.recv() if here.poll(_POLL_S) else None
        except EOFError as error:
            raise OutputError(
                "The film renderer stopped without a word.",
                "The graphics driver may have failed; try again, or use `l3rocc render`.",
            ) from error
        if isinstance(word, _Done):
            return
        if isinstance(word, _Failed):
            raise OutputError(word.message, word.hint)
        if isinstance(word, ProgressEvent):
            events(word)


def _end(child: multiprocessing.process.BaseProcess) -> None:
    child.join(_STOP_S if child.exitcode is not None else 0.2)
    if child.is_alive():
        child.terminate()
        child.join(_STOP_S)
    if child.is_alive():
        child.kill()
        child.join()


def _film_process(render_film: RenderFilm, location: RunLocation, out: Path, there: Connection) -> None:
    """What the child runs: render, and send progress and the last word through the pipe."""
    try:
        render_film(location, out, events=there.send)
    except L3roccError as error:
        there.send(_Failed(error.message, error.hint))
    except Cancelled:
        there.send(_Failed("The film was stopped.", ""))
    else:
        there.send(_Done())
    finally:
        there.close()
