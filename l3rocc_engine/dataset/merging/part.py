"""One of the datasets that are merged: its episodes with all their files, read strictly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.features import DEFAULT_FEATURES
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.manifest import episode_facts, missing_files, read_manifest
from l3rocc_engine.dataset.merging.sidecars import find_sidecars, part_statement
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.parquet import READ_ERRORS, open_parquet

HINT = "Run 'l3rocc validate' to see everything that is wrong with it."


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEpisode:
    """One episode of a dataset.

    Attributes
    ----------
    root, number
        Its dataset and its number there.
    length
        Rows of its table.
    schema
        The table's columns with their types.
    line, stats
        Its line of ``episodes.jsonl`` and its statistics by feature.
    table, videos
        Files; videos by feature key.
    sidecars
        Files of ours by their name in the episode's folder of sidecars.
    world
        Unit, upward direction and similarity of its world, where the dataset says them.
    facts
        What made it, where a manifest of ours tells; see :func:`l3rocc_engine.dataset.manifest.episode_facts`.
    span
        Its frames in the run that it is a part of.
    """

    root: Path
    number: int
    length: int
    schema: pa.Schema
    line: Mapping[str, Any]
    stats: Mapping[str, Any]
    table: Path
    videos: Mapping[str, Path]
    sidecars: Mapping[str, Path]
    world: Mapping[str, Any] | None
    facts: Mapping[str, Any] | None
    span: tuple[int, int]

    @property
    def place(self) -> str:
        """How sentences call it."""
        return f"episode {self.number} of {self.root}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A dataset.

    Attributes
    ----------
    root
        Its folder.
    info
        ``info.json``.
    features
        Entries of ``features``.
    tasks
        Texts in the order of their numbers.
    episodes
        In order of numbers.
    statement
        What it says of its sidecars; empty if it has none.
    """

    root: Path
    info: Mapping[str, Any]
    features: Mapping[str, Mapping[str, Any]]
    tasks: tuple[str, ...]
    episodes: tuple[PartEpisode, ...]
    statement: Mapping[str, Any]


def read_part(root: Path, cancel: CancelToken) -> Part:
    """Read a LeRobot v2.1 dataset; only the footers of its tables are looked at.

    Raises
    ------
    InputError
        It is no v2.1 dataset, is incomplete, or contradicts itself where it matters here.
    Cancelled
        If asked to stop.
    """
    folder = DatasetFolder(root, cancel)
    _check_info(folder)
    tasks = _tasks(folder)
    lines, stats = _numbered(folder, layout.EPISODES), _numbered(folder, layout.EPISODES_STATS)
    if not lines:
        raise InputError(f"{root} has no episodes.", HINT)
    if set(lines) != set(stats):
        raise InputError(f"{root} has {len(lines)} episodes, but statistics of {len(stats)}.", HINT)
    manifest = _manifest(root, len(lines))
    statement = part_statement(folder)
    episodes = tuple(
        _episode(folder, number, lines[number], stats[number], tasks, statement, manifest) for number in sorted(lines)
    )
    return Part(
        root=root, info=folder.info, features=folder.features, tasks=tasks, episodes=episodes, statement=statement
    )


def _check_info(folder: DatasetFolder) -> None:
    root, info = folder.root, folder.info
    version = info.get("codebase_version")
    if version != layout.CODEBASE_VERSION:
        raise InputError(
            f"{root} is a dataset of the version {version or 'unknown'}; only {layout.CODEBASE_VERSION} is merged.",
            "Merge the v2.1 datasets that it was made of, and write v3.0 with --format v3.0.",
        )
    fps = info.get("fps")
    if not isinstance(fps, int) or isinstance(fps, bool) or fps < 1:
        raise InputError(f"{root} states fps as {fps!r}, which is not a whole number above 0.", HINT)
    for key in folder.features:
        if "/" in key or "\\" in key or key in ("", ".", ".."):
            raise InputError(f"{root} has a feature {key!r}, which cannot name a folder.", HINT)
    for feature in DEFAULT_FEATURES:
        if feature.key not in folder.features:
            raise InputError(f"{root} declares no feature {feature.key}, which LeRobot v2.1 requires.", HINT)


def _tasks(folder: DatasetFolder) -> tuple[str, ...]:
    found: dict[int, str] = {}
    for line in folder.lines(layout.TASKS) or []:
        value = line.value or {}
        number, text = value.get("task_index"), value.get("task")
        if not isinstance(number, int) or not isinstance(text, str):
            raise InputError(f"{folder.root / layout.TASKS}, line {line.number}: no task with its number.", HINT)
        found[number] = text
    if sorted(found) != list(range(len(found))) or not found:
        raise InputError(f"{folder.root / layout.TASKS} does not number its tasks from 0 without gaps.", HINT)
    return tuple(found[number] for number in range(len(found)))


def _numbered(folder: DatasetFolder, name: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for line in folder.lines(name) or []:
        number = (line.value or {}).get("episode_index")
        if line.value is None or not isinstance(number, int) or number in found:
            raise InputError(f"{folder.root / name}, line {line.number}: no episode with a number of its own.", HINT)
        found[number] = line.value
    if sorted(found) != list(range(len(found))):
        raise InputError(f"{folder.root / name} does not number its episodes from 0 without gaps.", HINT)
    return found


def _manifest(root: Path, num_episodes: int) -> Mapping[str, Any] | None:
    """The manifest of a complete folder of ours in the profile whose files a merged dataset has too."""
    if not (root / layout.RUN).is_file():
        return None
    manifest = read_manifest(root)
    missing = missing_files(root, manifest)
    if missing:
        raise InputError(
            f"{root} is not complete: {missing[0]}.", "Process the source again, or copy the folder again."
        )
    episodes = manifest.get("episodes")
    is_of_all = isinstance(episodes, list) and len(episodes) == num_episodes  # LeRobot may have recorded more
    return manifest if manifest.get("profile") == "lerobot" and is_of_all else None


def _episode(
    folder: DatasetFolder,
    number: int,
    line: Mapping[str, Any],
    stats_line: Mapping[str, Any],
    tasks: tuple[str, ...],
    statement: Mapping[str, Any],
    manifest: Mapping[str, Any] | None,
) -> PartEpisode:
    folder.check_cancel()
    table = _inside(folder, folder.table_path(number))
    videos = {key: _inside(folder, folder.video_path(number, key)) for key in folder.video_keys}
    texts, stats = line.get("tasks"), stats_line.get("stats")
    if not isinstance(texts, list) or not set(map(str, texts)) <= set(tasks):
        raise InputError(f"Episode {number} of {folder.root} names tasks that are not in {layout.TASKS}.", HINT)
    if not isinstance(stats, dict):
        raise InputError(f"Episode {number} of {folder.root} has no statistics.", HINT)
    schema, num_rows = _footer(table)
    if num_rows != line.get("length"):
        raise InputError(f"{table} has {num_rows} rows, but {layout.EPISODES} says {line.get('length')}.", HINT)
    facts, span = (None, (0, num_rows)) if manifest is None else _told(folder.root, manifest, number)
    return PartEpisode(
        root=folder.root,
        number=number,
        length=num_rows,
        schema=schema,
        line=line,
        stats=stats,
        table=table,
        videos=videos,
        sidecars=find_sidecars(folder.root, number, is_alone=len(folder.lengths) == 1),
        world=_world(line, statement),
        facts=facts,
        span=span,
    )


def _world(line: Mapping[str, Any], statement: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The world of one episode: said on its line where several were put together, else for the whole dataset."""
    own, shared, sim3 = line.get("world"), statement.get("world"), line.get("sim3")
    if isinstance(own, dict):
        return own
    if not isinstance(shared, dict):
        return None
    return {**shared, "sim3": sim3} if isinstance(sim3, dict) else shared


def _told(root: Path, manifest: Mapping[str, Any], number: int) -> tuple[Mapping[str, Any], tuple[int, int]]:
    """What a manifest says of an episode, and its frames in its run."""
    entry = manifest["episodes"][number]
    try:
        return episode_facts(manifest, number), (int(entry["start"]), int(entry["stop"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{root / layout.RUN} is damaged: {error!r}.", HINT) from error


def _inside(folder: DatasetFolder, path: Path) -> Path:
    """A promised file; one that the metadata place outside the dataset is refused."""
    relative = os.path.relpath(os.path.normpath(path), os.path.normpath(folder.root))
    if relative.split(os.sep, 1)[0] == ".." or Path(relative).is_absolute():
        raise InputError(f"{folder.root / layout.INFO} names files outside the dataset: {relative}.", HINT)
    if not path.is_file():
        raise InputError(f"{path} is missing.", "Copy the dataset again.")
    return path


def _footer(path: Path) -> tuple[pa.Schema, int]:
    try:
        with open_parquet(path) as file:
            return file.schema_arrow, int(file.metadata.num_rows)
    except READ_ERRORS as error:
        raise InputError(f"{path} is not a readable parquet: {error}.", "Copy the dataset again.") from error
