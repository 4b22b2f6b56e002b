"""``l3rocc visual``: an input as a film, as the original's demo mode makes it, and as the visual format's files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from l3rocc_engine import dataset
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.episode import add_episode_option, chosen_episode
from l3rocc_studio.cli.film_options import add_film_options
from l3rocc_studio.cli.filming import check_film, film_text, make_film
from l3rocc_studio.cli.process import process_into
from l3rocc_studio.cli.settings_options import add_settings
from l3rocc_studio.cli.visual_files import add_visual_options, write_visual_files
from l3rocc_studio.model.film_spec import FilmFormat


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("input", type=Path, help="video, folder of images, trajectory, or a finished run")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--film", action=argparse.BooleanOptionalAction, default=True, help="make the film (default)")
    parser.add_argument("--files", action="store_true", help="write the visual format: clouds and voxels of each frame")
    parser.add_argument(
        "--overwrite",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="replace earlier results in the folder",
    )
    add_episode_option(parser)
    add_settings(parser.add_argument_group("processing, where the input is not a finished run"))
    add_film_options(parser)
    add_visual_options(parser)


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Process the input if it has to be, then make what was asked for."""
    if not (arguments.film or arguments.files):
        raise ConfigError("--no-film leaves nothing to make.", "Add --files, or use 'l3rocc process' for a run alone.")
    with _no_empty_folder(arguments.out.absolute()) as out:
        return _make(out, arguments, reporter, cancel)


@contextmanager
def _no_empty_folder(out: Path) -> Iterator[Path]:
    """The folder of results, which is not left behind where nothing was made."""
    is_new = not out.exists()
    try:
        yield out
    finally:
        if is_new and out.is_dir() and not any(out.iterdir()):
            out.rmdir()


def _make(out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    film = film_path(out, arguments)
    if arguments.film:
        check_film(film, _kind(arguments), overwrite=arguments.overwrite)
    folder = finished_run(arguments, out, reporter, cancel)
    episode = chosen_episode(arguments, folder, reporter)
    facts: dict[str, Any] = {"run": str(folder)}
    lines = [str(out), *(["  dataset/  the finished run"] if folder.parent == out else [])]
    if arguments.files:
        write_files(folder, episode, out / "visual", arguments, reporter, cancel)
        facts["files"] = str(out / "visual")
        lines.append("  visual/  one file a frame")
    if arguments.film:
        made = make_film(folder, episode, film, arguments, reporter, cancel)
        facts["film"] = made
        lines.append("  " + film_text({**made, "out": film.name}))
    reporter.result("\n".join(lines), facts)
    return 0


def _kind(arguments: argparse.Namespace) -> FilmFormat:
    return FilmFormat(arguments.format) if arguments.format else FilmFormat.MP4


def film_path(out: Path, arguments: argparse.Namespace) -> Path:
    """The film's name in the folder of results."""
    kind = _kind(arguments)
    return out / ("film" if kind is FilmFormat.PNG else f"film.{kind.value}")


def finished_run(arguments: argparse.Namespace, out: Path, reporter: Reporter, cancel: CancelToken) -> Path:
    """The folder of the input's run: itself, that of an earlier call, or a new one."""
    if dataset.is_our_dataset(arguments.input):
        return Path(arguments.input)
    folder = out / "dataset"
    if dataset.is_our_dataset(folder) and not arguments.overwrite:
        reporter.remark(f"{folder} is taken as it is; pass --overwrite to process {arguments.input.name} again.")
        return folder
    out.mkdir(parents=True, exist_ok=True)
    process_into(arguments, folder, reporter, cancel)
    return folder


def write_files(
    folder: Path, episode: int, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> None:
    """Write the visual format of a finished run."""
    opened = dataset.open_dataset(folder, episode_idx=episode)
    try:
        write_visual_files(opened, out, arguments, reporter, cancel, overwrite=arguments.overwrite)
    finally:
        opened.source.close()
