"""The ``meta/`` folder of a LeRobot v2.1 or InternData-N1 dataset, which may claim what is not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.json_file import read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetMeta:
    """What ``info.json``, ``episodes.jsonl``, ``episodes_stats.jsonl`` and ``run.json`` say; empty where absent.

    Attributes
    ----------
    info, run
        Parsed ``info.json`` and ``run.json``.
    episodes, stats
        Parsed lines, by episode number.
    warnings
        Files that cannot be read.
    """

    info: dict[str, Any] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    episodes: dict[int, dict[str, Any]] = field(default_factory=dict)
    stats: dict[int, dict[str, Any]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def features(self) -> dict[str, dict[str, Any]]:
        """Declared features, malformed ones left out."""
        return declared_features(self.info)

    @property
    def video_keys(self) -> list[str]:
        """Declared colour video features in their order."""
        return [key for key, value in self.features.items() if value.get("dtype") == "video" and not _is_depth(value)]

    def image_range(self, episode: int) -> tuple[int, int] | None:
        """First and last picture of an episode where all episodes share one folder (InternData-N1 v0.5)."""
        line = self.stats.get(episode, {})
        nested = line.get("stats")
        entry = line.get("image_index") or (nested.get("image_index") if isinstance(nested, dict) else None)
        if not isinstance(entry, dict):
            return None
        first, last = _innermost(entry.get("min")), _innermost(entry.get("max"))
        return None if first is None or last is None else (first, last)


def declared_features(info: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Entries of ``features`` in a parsed ``info.json`` that are objects; whatever else it holds is passed over."""
    features = info.get("features")
    if not isinstance(features, dict):
        return {}
    return {str(key): value for key, value in features.items() if isinstance(value, dict)}


def _is_depth(feature: dict[str, Any]) -> bool:
    info = feature.get("info") or feature.get("video_info")
    return isinstance(info, dict) and bool(info.get("video.is_depth_map") or info.get("is_depth_map"))


def _innermost(value: Any) -> int | None:
    while isinstance(value, list) and value:
        value = value[0]
    return int(value) if isinstance(value, int | float) else None


def read_dataset_meta(root: Path) -> DatasetMeta:
    """Read what is there.

    Raises
    ------
    InputError
        If the dataset is of the version 3, whose files are laid out differently.
    """
    warnings: list[str] = []
    info = _read_object(root / "meta" / "info.json", warnings)
    version = str(info.get("codebase_version", ""))
    if version.startswith("v3") or (root / "meta" / "episodes").is_dir():
        raise InputError(
            f"{root} is a LeRobot dataset of the version {version or 'v3.0'}; this program reads v2.1.",
            "Open one of its mp4 files, or export it as v2.1.",
        )
    return DatasetMeta(
        info=info,
        run=_read_object(root / "meta" / "run.json", warnings),
        episodes=_read_lines(root / "meta" / "episodes.jsonl", warnings),
        stats=_read_lines(root / "meta" / "episodes_stats.jsonl", warnings),
        warnings=tuple(warnings),
    )


def _read_object(path: Path, warnings: list[str]) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = read_json(path)
    except (OSError, ValueError):
        value = None
    if isinstance(value, dict):
        return value
    warnings.append(f"meta/{path.name} cannot be read and is ignored.")
    return {}


def _read_lines(path: Path, warnings: list[str]) -> dict[int, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {int(line.get("episode_index", number)): line for number, line in enumerate(lines)}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        warnings.append(f"meta/{path.name} cannot be read and is ignored.")
        return {}
