"""``l3rocc batch``: everything below a folder, with several workers, gone on with after any stop."""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_engine.batch.settings import Carry
from l3rocc_engine.dataset.layout import PROFILES
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.dataset_labels import add_label_options
from l3rocc_studio.cli.settings_options import add_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("root", type=Path, help="folder with trajectories, LeRobot datasets or videos, at any depth")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="mirrors the input's tree; needed unless --in-place is given"
    )
    parser.add_argument("--dry-run", action="store_true", help="list what would be done and what it would take")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="runs at once (default: by cores and memory, or one a GPU)"
    )
    parser.add_argument(
        "--carry",
        choices=[carry.value for carry in Carry],
        default=Carry.LINK.value,
        help="how a dataset's own files come along: hard links, copies, or symbolic links (default %(default)s)",
    )
    parser.add_argument(
        "--profile", choices=PROFILES, default=PROFILES[0], help="layout of what is made of plain videos"
    )
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="redo what is finished as well"
    )
    parser.add_argument("--retry-failed", action="store_true", help="redo what failed the last time")
    parser.add_argument(
        "--in-place",
        action="store_true",
        help="label the datasets where they are; each original is kept beside it as .NAME.before-l3rocc",
    )
    parser.add_argument("--ray", metavar="ADDRESS", help="hand the runs to the Ray cluster at ADDRESS, or 'auto'")
    parser.add_argument(
        "--gpus-each",
        type=float,
        metavar="SHARE",
        help="share of a GPU for each run on the cluster (default 1 for pi3, else 0)",
    )
    parser.add_argument(
        "--merge", type=Path, metavar="DIR", help="put what is finished at the end into one new LeRobot dataset as well"
    )
    add_label_options(parser, title="words in what is made of plain videos (datasets keep their own)")
    add_settings(parser)


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """List, forecast, process."""
    from l3rocc_studio.cli.batching import run_as_asked  # slow to load, and not needed for the help

    return run_as_asked(arguments, reporter, cancel)
