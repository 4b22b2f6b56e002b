"""``l3rocc render``: a film of a finished run."""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.destination import check_file
from l3rocc_studio.cli.episode import add_episode_option, chosen_episode
from l3rocc_studio.cli.film_options import add_film_options, film_format, film_spec
from l3rocc_studio.cli.filming import check_run, film_text, make_film, make_still


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("run", type=Path, help="trajectory folder written by 'l3rocc process'")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="film to write: .mp4, .webm, .gif, or a folder"
    )
    parser.add_argument("--still", type=Path, metavar="FILE", help="also write one frame of it as PNG")
    parser.add_argument("--still-frame", type=int, metavar="N", help="which one (default the middle)")
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace FILE if it exists"
    )
    add_episode_option(parser)
    add_film_options(parser)


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Render with or without a display."""
    if arguments.workers is not None and arguments.workers < 1:
        raise ConfigError(f"--workers must be 1 or more, not {arguments.workers}.")
    if arguments.still:
        check_file(arguments.still.absolute(), suffix=".png", overwrite=arguments.overwrite)
    out = arguments.out.absolute()
    film_spec(arguments, film_format(arguments, out))  # what makes no sense is told before anything is looked at
    episode = arguments.episode or 0

    def check() -> None:
        check_run(arguments.run)
        chosen_episode(arguments, arguments.run, reporter)

    facts = make_film(arguments.run, episode, out, arguments, reporter, cancel, check=check)
    if arguments.still:
        make_still(arguments.run, episode, arguments.still.absolute(), arguments)
    reporter.result(film_text(facts), facts)
    return 0
