"""Makes films for the commands that do."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine import dataset
from l3rocc_engine.errors import ConfigError, InputError, OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter, duration
from l3rocc_studio.cli.destination import check_file
from l3rocc_studio.cli.film_options import film_format, film_spec
from l3rocc_studio.model.film_plan import film_facts
from l3rocc_studio.model.film_spec import FilmFormat
from l3rocc_studio.model.run_location import RunLocation

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.film_forecast import FilmForecast


def check_film(out: Path, kind: FilmFormat, *, overwrite: bool) -> None:
    """Refuse a name that a film cannot have.

    Raises
    ------
    OutputError
        If it has another suffix, exists, or its folder is not one.
    """
    if kind is not FilmFormat.PNG:
        check_file(out, suffix=f".{kind.value}", overwrite=overwrite)
    elif out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file.", "A PNG sequence needs a folder of its own.")
    elif out.is_dir() and any(out.iterdir()) and not (overwrite and is_picture_folder(out)):
        hint = "Choose another name, or pass --overwrite." if is_picture_folder(out) else "Choose another folder."
        raise OutputError(f"{out} already exists and holds other files.", hint)


def is_picture_folder(folder: Path) -> bool:
    """Whether a folder holds nothing but a PNG sequence of ours, so that it may be replaced."""
    return all(item.name.startswith("frame_") and item.suffix == ".png" for item in folder.iterdir())


def check_run(folder: Path) -> None:
    """Refuse what is not a finished run.

    Raises
    ------
    InputError
        If the folder holds none.
    """
    if not dataset.is_our_dataset(folder):
        raise InputError(
            f"{folder} is not a finished run.", f"Process it first: l3rocc process {folder.name} --out DIR"
        )


def make_film(
    folder: Path,
    episode: int,
    out: Path,
    arguments: argparse.Namespace,
    reporter: Reporter,
    cancel: CancelToken,
    *,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Render an episode of the finished run in ``folder`` as the options say; what became of it, for machines.

    ``check`` looks at the folder before it is read.

    Raises
    ------
    L3roccError
        If there is no such episode, the options make no sense, or the film cannot be made.
    Cancelled
        If asked to stop; the same command goes on.
    """
    kind = film_format(arguments, out)
    spec = film_spec(arguments, kind)
    check_film(out, kind, overwrite=arguments.overwrite)
    # What draws starts with this and gets ready while the folder is looked at, so nothing slow may be imported before.
    from l3rocc_studio.render.movie import render_film
    from l3rocc_studio.services.job_service import load_run

    forecasts: list[FilmForecast] = []

    def load_here() -> Run:
        from l3rocc_studio.render.film_forecast import forecast_film

        check()
        run = load_run(location)
        try:
            forecasts.append(forecast_film(film_facts(run), spec, workers=arguments.workers))
        except ConfigError:
            run.source.close()
            raise
        for remark in forecasts[0].remarks:
            reporter.remark(remark)
        return run

    location = RunLocation(path=folder, workdir=None, config={}, episode=episode)
    render_film(
        location,
        out,
        spec,
        load_run=load_run,
        workers=arguments.workers,
        load_here=load_here,
        events=reporter.event,
        cancel=cancel,
    )
    (forecast,) = forecasts
    width, height = forecast.size_px
    return {
        "out": str(out),
        "frames": forecast.num_pictures,
        "width": width,
        "height": height,
        "fps": forecast.fps,
        "duration_s": forecast.duration_s,
    }


def film_text(facts: dict[str, Any]) -> str:
    """The facts for people."""
    return (
        f"{facts['out']}  {facts['frames']} frames, {facts['width']}x{facts['height']}, "
        f"{facts['fps']:.5g} a second, {duration(facts['duration_s'])}"
    )


def make_still(folder: Path, episode: int, out: Path, arguments: argparse.Namespace) -> None:
    """Write one frame of the film that the options describe.

    Raises
    ------
    L3roccError
        If there is no such frame, or it cannot be drawn.
    """
    from l3rocc_studio.render.movie import render_still

    run = dataset.open_dataset(folder, episode_idx=episode)
    try:
        frame_idx = run.num_frames // 2 if arguments.still_frame is None else arguments.still_frame
        render_still(run, frame_idx, out, film_spec(arguments, FilmFormat.PNG))
    finally:
        run.source.close()
