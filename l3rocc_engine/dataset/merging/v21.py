"""The merged dataset as LeRobot v2.1: one table, one video a camera and one folder of sidecars an episode."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.manifest import write_merged_manifest
from l3rocc_engine.dataset.merging.card import merged_card
from l3rocc_engine.dataset.merging.plan import MergePlan, PlannedEpisode
from l3rocc_engine.dataset.merging.sidecars import sidecar_folder
from l3rocc_engine.dataset.merging.tables import numbering_stats, read_renumbered
from l3rocc_engine.dataset.metadata import write_lines
from l3rocc_engine.progress import CancelToken, StepProgress
from l3rocc_engine.storage.atomic import atomic_file, write_json
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.link import link_or_copy
from l3rocc_engine.storage.parquet import write_parquet


def write_v21(plan: MergePlan, folder: Path, progress: StepProgress, cancel: CancelToken) -> None:
    """Fill a new folder.

    Raises
    ------
    InputError
        A table cannot be read.
    OutputError
        Something cannot be written.
    Cancelled
        If asked to stop.
    """
    stats: list[dict[str, Any]] = []
    for done, episode in enumerate(plan.episodes, start=1):
        cancel.check()
        stats.append({"episode_index": episode.number, "stats": _write_episode(episode, folder)})
        progress(done, len(plan.episodes))
    write_metadata(plan, folder, stats)


def _write_episode(episode: PlannedEpisode, folder: Path) -> dict[str, Any]:
    """Its files; returns its statistics."""
    numbers = {"episode_chunk": episode.number // layout.CHUNK_SIZE, "episode_index": episode.number}
    source, target = episode.source, folder / layout.DATA_TEMPLATE.format(**numbers)
    table, is_changed = read_renumbered(episode)
    make_folders(target.parent)
    if is_changed:
        write_parquet(table, target)
    else:
        link_or_copy(source.table.resolve(), target)
    for key, video in source.videos.items():
        link_or_copy(video.resolve(), folder / layout.VIDEO_TEMPLATE.format(**numbers, video_key=key))
    link_sidecars(episode, folder)
    return {**source.stats, **numbering_stats(table)}


def link_sidecars(episode: PlannedEpisode, folder: Path) -> None:
    """Occupancy, cloud and poses of an episode under its new number."""
    for name, path in episode.source.sidecars.items():
        link_or_copy(path.resolve(), folder / sidecar_folder(episode.number) / name)


def write_metadata(plan: MergePlan, folder: Path, stats: list[dict[str, Any]]) -> None:
    """The files below ``meta/`` and the card; ``info.json`` and then the manifest last."""
    write_lines(folder / layout.TASKS, ({"task_index": i, "task": task} for i, task in enumerate(plan.tasks)))
    write_lines(folder / layout.EPISODES, (episode_line(plan, episode) for episode in plan.episodes))
    write_lines(folder / layout.EPISODES_STATS, stats)
    write_statement(plan, folder, layout.CODEBASE_VERSION)
    write_json(folder / layout.INFO, _info(plan), indent=4)
    if plan.is_described:
        sources = [(episode.source.facts or {}, episode.source.span) for episode in plan.episodes]
        write_merged_manifest(folder, sources)


def write_statement(plan: MergePlan, folder: Path, version: str) -> None:
    """``meta/occupancy.json``, where there is occupancy, and the card."""
    if plan.statement:
        write_json(folder / layout.OCCUPANCY, plan.statement)
    with atomic_file(folder / layout.README) as partial:
        partial.write_text(merged_card(plan, version), encoding="utf-8")


def episode_line(plan: MergePlan, episode: PlannedEpisode) -> dict[str, Any]:
    """An episode's line of ``episodes.jsonl``: its own with the new number, and its world where they differ."""
    line = {**episode.source.line, "episode_index": episode.number}
    line.pop("world", None)
    if episode.source.world is not None and "world" not in plan.statement:
        line["world"] = episode.source.world
    return line


def _info(plan: MergePlan) -> dict[str, Any]:
    """``info.json`` of the first dataset with the new totals; keys of its own stay, but what it says of one world."""
    count = len(plan.episodes)
    info = {
        **plan.first.info,
        "robot_type": plan.robot_type,
        "total_episodes": count,
        "total_frames": plan.num_frames,
        "total_tasks": len(plan.tasks),
        "total_videos": count * len(plan.video_keys),
        "total_chunks": -(-count // layout.CHUNK_SIZE),
        "chunks_size": layout.CHUNK_SIZE,
        "splits": {"train": f"0:{count}"},
        "data_path": layout.DATA_TEMPLATE,
        "video_path": layout.VIDEO_TEMPLATE if plan.video_keys else None,
    }
    return {**described_info(info, plan.statement)}


def described_info(info: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    """``info.json`` with the description of the sidecars in place of what stood there of a single run."""
    rest = {key: value for key, value in info.items() if key not in ("occupancy", "l3rocc")}
    return {**rest, "occupancy": dict(statement)} if statement else rest
