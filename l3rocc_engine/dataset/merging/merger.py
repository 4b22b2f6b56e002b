"""Merges datasets: looks for differences first, then writes, and appears under its name when it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.destination import check_destination
from l3rocc_engine.dataset.finder import find_datasets
from l3rocc_engine.dataset.merging.part import Part, read_part
from l3rocc_engine.dataset.merging.plan import MergePlan, make_plan
from l3rocc_engine.dataset.merging.v21 import write_v21
from l3rocc_engine.dataset.merging.v30 import write_v30
from l3rocc_engine.dataset.merging.version import Version
from l3rocc_engine.errors import ConfigError, InputError, OutputError
from l3rocc_engine.progress import CancelToken, EventSink, StepProgress, no_events, steps_of
from l3rocc_engine.storage.atomic import atomic_folder, remove_leftovers
from l3rocc_engine.storage.link import link_or_copy
from l3rocc_engine.storage.lock import holding
from l3rocc_engine.storage.space import SizeForecast, require_space, standing_place

WRITERS: dict[Version, Callable[[MergePlan, Path, StepProgress, CancelToken], None]] = {
    "v2.1": write_v21,
    "v3.0": write_v30,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """What came of it.

    Attributes
    ----------
    out
        The merged dataset.
    version
        Of LeRobot's format.
    num_datasets, num_episodes, num_frames, num_tasks
        What it consists of.
    can_be_opened
        Whether the folder has a manifest, so that its episodes open as runs.
    remarks
        What is not as one might expect.
    """

    out: Path
    version: Version
    num_datasets: int
    num_episodes: int
    num_frames: int
    num_tasks: int
    can_be_opened: bool
    remarks: tuple[str, ...]


def merge_datasets(
    places: Sequence[Path],
    out: Path,
    *,
    version: Version = "v2.1",
    append: bool = False,
    overwrite: bool = False,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> MergeResult:
    """Put the episodes of LeRobot v2.1 datasets one after the other into one dataset.

    Tables get new numbers of rows, episodes and tasks; videos and occupancy become second names of the same files, or
    copies where the disk knows no such. Tasks with the same text become one. The inputs stay as they are.

    Parameters
    ----------
    places
        Datasets, or folders above them.
    out
        Becomes the dataset's folder itself.
    version
        Of LeRobot's format.
    append
        Add to the v2.1 dataset that ``out`` is.
    overwrite
        Replace an existing dataset; other folders are never replaced.
    events, cancel
        Progress (stages ``check`` and ``merge``) and the wish to stop.

    Raises
    ------
    InputError
        A place holds no dataset, a dataset is damaged, or they do not fit together.
    ConfigError
        Only v2.1 datasets can be appended to.
    OutputError
        ``out`` is in the way or cannot be written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    cancel = cancel or CancelToken()
    if append:
        _require_appendable(out, version)
    roots = find_datasets(places, leaving_out=out, cancel=cancel)
    if not append:
        for root in roots:
            check_destination(out, root, overwrite=overwrite)
    _require_apart(out, roots)
    with _alone(out) if append else nullcontext():
        plan = make_plan(_read_parts([out, *roots] if append else roots, events, cancel))
        require_space(out, _forecast(plan, out))
        is_empty = out.is_dir() and not any(out.iterdir())
        with atomic_folder(out, overwrite=append or overwrite or is_empty) as folder:
            WRITERS[version](plan, folder, steps_of(events, "merge"), cancel)
            if append:
                _carry_rest(out, folder, plan)
            cancel.check()
    return _result(plan, out, version)


def _result(plan: MergePlan, out: Path, version: Version) -> MergeResult:
    return MergeResult(
        out=out,
        version=version,
        num_datasets=len(plan.parts),
        num_episodes=len(plan.episodes),
        num_frames=plan.num_frames,
        num_tasks=len(plan.tasks),
        can_be_opened=version == "v2.1" and plan.is_described,
        remarks=tuple(plan.remarks()),
    )


def _require_appendable(out: Path, version: Version) -> None:
    if version != "v2.1":
        raise ConfigError("Only v2.1 datasets can be appended to.", "Append to the v2.1 dataset and export that again.")
    remove_leftovers(out)  # a kill between two renames has set the dataset aside
    if not (out / layout.INFO).is_file():
        raise InputError(f"{out} is not a dataset that can be appended to.", "Leave out --append to make a new one.")


def _require_apart(out: Path, roots: Sequence[Path]) -> None:
    for root in roots:
        if out.resolve() != root.resolve() and out.resolve().is_relative_to(root.resolve()):
            raise OutputError(f"{out} lies in the dataset {root}.", "Choose a folder beside it.")


def _alone(out: Path) -> AbstractContextManager[None]:
    busy = InputError(f"Something else appends to {out} right now.", "Wait until that is done.")
    return holding(out.with_name(f".{out.name}.appending"), busy)


def _read_parts(roots: Sequence[Path], events: EventSink, cancel: CancelToken) -> list[Part]:
    report, parts = steps_of(events, "check"), []
    for done, root in enumerate(roots, start=1):
        parts.append(read_part(root, cancel))
        report(done, len(roots))
    return parts


def _forecast(plan: MergePlan, out: Path) -> SizeForecast:
    """Tables are written anew; all else only where second names are not possible, on another disk."""
    device = standing_place(out).stat().st_dev
    num_bytes = num_files = 0
    for episode in plan.episodes:
        source = episode.source
        num_bytes += source.table.stat().st_size
        carried = [*source.videos.values(), *source.sidecars.values()]
        sizes = [path.stat() for path in carried]
        num_bytes += sum(facts.st_size for facts in sizes if facts.st_dev != device)
        num_files += 1 + len(carried)
    return SizeForecast(num_bytes=num_bytes, num_files=num_files)


def _carry_rest(old: Path, folder: Path, plan: MergePlan) -> None:
    """Files of the dataset that was appended to which no episode and no metadata claim stay where they are."""
    claimed = {old / layout.RUN}
    for episode in plan.parts[0].episodes:
        claimed |= {episode.table, *episode.videos.values(), *episode.sidecars.values()}
    for parent, _, names in os.walk(old):
        for path in (Path(parent) / name for name in sorted(names)):
            target = folder / path.relative_to(old)
            if path not in claimed and not target.exists():
                link_or_copy(path.resolve(), target)
