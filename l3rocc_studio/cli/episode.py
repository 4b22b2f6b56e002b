"""Which episode of a finished run, for the commands that take one."""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_studio.cli.console import Reporter


def add_episode_option(parser: argparse.ArgumentParser) -> None:
    """``--episode``."""
    parser.add_argument(
        "--episode",
        type=int,
        metavar="N",
        help="which episode of a long run that was split, or of merged ones, from 0 (default the first)",
    )


def chosen_episode(arguments: argparse.Namespace, folder: Path, reporter: Reporter) -> int:
    """The episode asked for; of several the first is not taken without a word.

    Raises
    ------
    InputError
        If the folder holds no finished run.
    """
    from l3rocc_engine.dataset.manifest import read_manifest

    count = len(read_manifest(folder)["episodes"])
    if arguments.episode is None and count > 1:
        reporter.remark(
            f"{folder} has {count} episodes, 0 to {count - 1}; this is episode 0, --episode N takes another."
        )
    return arguments.episode or 0
