"""``l3rocc merge``: several LeRobot datasets into one, as v2.1 or v3.0."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from l3rocc_engine.dataset import merging
from l3rocc_engine.dataset.merging.version import VERSIONS
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter

if TYPE_CHECKING:
    from l3rocc_engine.batch.report import Outcome
    from l3rocc_engine.dataset.merging import MergeResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "inputs", type=Path, nargs="+", metavar="INPUT", help="LeRobot v2.1 dataset, or a folder above some; in order"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="becomes the merged dataset's folder itself"
    )
    parser.add_argument(
        "--format",
        choices=VERSIONS,
        default=VERSIONS[0],
        help="version of LeRobot's format to write; v3.0 of a single dataset converts it (default %(default)s)",
    )
    parser.add_argument("--append", action="store_true", help="add the inputs to the v2.1 dataset that --out is")
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace an existing dataset"
    )


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Merge."""
    result = merging.merge_datasets(
        arguments.inputs,
        arguments.out.absolute(),
        version=arguments.format,
        append=arguments.append,
        overwrite=arguments.overwrite,
        events=reporter.event,
        cancel=cancel,
    )
    _tell_remarks(result, reporter)
    facts = {
        "out": str(result.out),
        "version": result.version,
        "datasets": result.num_datasets,
        "episodes": result.num_episodes,
        "frames": result.num_frames,
        "tasks": result.num_tasks,
    }
    reporter.result(_text(result), facts)
    return 0


def merge_finished(outcomes: Sequence[Outcome], out: Path, reporter: Reporter, cancel: CancelToken) -> None:
    """Merge what a batch has published into a new v2.1 dataset, and say so."""
    places = list(dict.fromkeys(outcome.published for outcome in outcomes if outcome.published is not None))
    missing = sum(outcome.published is None for outcome in outcomes)
    if missing:
        reporter.remark(f"{missing} of {len(outcomes)} runs have no result and are not in {out}.")
    if not places:
        return
    result = merging.merge_datasets(places, out, events=reporter.event, cancel=cancel)
    _tell_remarks(result, reporter)
    reporter.remark(_text(result))


def _tell_remarks(result: MergeResult, reporter: Reporter) -> None:
    for remark in result.remarks:
        reporter.remark(remark)
    if not result.can_be_opened:
        why = "LeRobot v3.0" if result.version == "v3.0" else "not all of its episodes are runs in the lerobot profile"
        reporter.remark(f"The studio does not open this folder as a run: {why}.")


def _text(result: MergeResult) -> str:
    counts = [(result.num_episodes, "episode"), (result.num_datasets, "dataset"), (result.num_frames, "frame")]
    episodes, datasets, frames = (f"{number:,} {word}{'' if number == 1 else 's'}" for number, word in counts)
    tasks = "1 task" if result.num_tasks == 1 else f"{result.num_tasks:,} tasks"
    return f"{result.out}  LeRobot {result.version}, {episodes} of {datasets}, {frames}, {tasks}"
