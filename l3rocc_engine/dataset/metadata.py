"""The four files under ``meta/`` that LeRobot v2.1 reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.features import Feature
from l3rocc_engine.dataset.stats import FeatureStats
from l3rocc_engine.storage.atomic import atomic_file, write_json


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeEntry:
    """What is noted of one episode.

    Attributes
    ----------
    length
        Rows of its table.
    stats
        By feature key.
    extra
        Keys of ours on its line of ``episodes.jsonl``; readers ignore them.
    """

    length: int
    stats: Mapping[str, FeatureStats]
    extra: Mapping[str, Any] = field(default_factory=dict)


def write_metadata(
    folder: Path,
    *,
    features: Sequence[Feature],
    episodes: Sequence[EpisodeEntry],
    tasks: Sequence[str],
    fps: int,
    robot_type: str,
    extra: Mapping[str, Any],
) -> None:
    """Write ``info.json`` last, so that an interrupted folder never looks finished."""
    numbered = list(enumerate(episodes))
    write_lines(folder / layout.TASKS, ({"task_index": i, "task": task} for i, task in enumerate(tasks)))
    write_lines(
        folder / layout.EPISODES,
        ({"episode_index": i, "tasks": list(tasks), "length": entry.length, **entry.extra} for i, entry in numbered),
    )
    write_lines(folder / layout.EPISODES_STATS, (_stats_line(i, entry) for i, entry in numbered))
    num_videos = len(episodes) * sum(feature.is_video for feature in features)
    info = {
        "codebase_version": layout.CODEBASE_VERSION,
        "robot_type": robot_type,
        "total_episodes": len(episodes),
        "total_frames": sum(entry.length for entry in episodes),
        "total_tasks": len(tasks),
        "total_videos": num_videos,
        "total_chunks": -(-len(episodes) // layout.CHUNK_SIZE),
        "chunks_size": layout.CHUNK_SIZE,
        "fps": fps,
        "splits": {"train": f"0:{len(episodes)}"},
        "data_path": layout.DATA_TEMPLATE,
        "video_path": layout.VIDEO_TEMPLATE,
        "features": {feature.key: feature.to_json() for feature in features},
    }
    write_json(folder / layout.INFO, {**info, **extra}, indent=4)


def _stats_line(episode_idx: int, entry: EpisodeEntry) -> dict[str, Any]:
    return {"episode_index": episode_idx, "stats": {key: stats.to_json() for key, stats in entry.stats.items()}}


def write_lines(path: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSONL file, one object a line."""
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    with atomic_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
