"""Occupancy beside an episode, wherever our two layouts put it, and what the datasets say of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.layout import EpisodeFiles, episode_files
from l3rocc_engine.dataset.lerobot import FILE_TEXTS


def sidecar_folder(episode_idx: int) -> PurePosixPath:
    """Where an episode's sidecars are in a dataset of several episodes."""
    return episode_files("lerobot", episode_idx).occupied.parent


def find_sidecars(root: Path, episode_idx: int, *, is_alone: bool) -> dict[str, Path]:
    """An episode's files of ours by the name that they have in a folder of sidecars; empty if there are none.

    Parameters
    ----------
    root
        The dataset.
    is_alone
        Whether it is the only episode, so that the layout of a lone trajectory is looked for as well.
    """
    folder = root / sidecar_folder(episode_idx)
    if folder.is_dir():
        return {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    lone = episode_files("interndata", episode_idx)
    if not is_alone or not (root / lone.occupied).is_file():
        return {}
    return {name: root / path for name, path in _named(lone).items() if (root / path).is_file()}


def _named(files: EpisodeFiles) -> dict[str, PurePosixPath]:
    return {
        layout.OCC_FILE: files.occupied,
        layout.MASK_FILE: files.visible,
        layout.WORLD_FILE: files.world,
        layout.CLOUD_FILE: files.cloud,
        layout.POSES_FILE: files.poses,
        layout.TRACKS_FILE: files.tracks,
    }


def part_statement(folder: DatasetFolder) -> dict[str, Any]:
    """What a dataset says of its occupancy, in the words of the lerobot profile; empty if it says nothing.

    LeRobot from 0.6 on drops the description from ``info.json``; then the file of its own counts.
    """
    stated = folder.info.get("occupancy") or folder.read_json(layout.OCCUPANCY)
    if isinstance(stated, dict) and isinstance(stated.get("grid"), dict):
        return dict(stated)
    ours = folder.info.get("l3rocc")
    if not isinstance(ours, dict) or not isinstance(ours.get("occupancy"), dict):
        return {}
    lines = folder.lines(layout.EPISODES) or []
    sim3 = (lines[0].value or {}).get("sim3") if lines else None
    world = {**ours["world"], "sim3": sim3} if isinstance(ours.get("world"), dict) else None
    return {"grid": ours["occupancy"], "world": world, "features": ours.get("conventions") or {}}


def merged_statement(statements: list[Mapping[str, Any]], worlds: list[Mapping[str, Any] | None]) -> dict[str, Any]:
    """Where the occupancy of a merged dataset is and how to read it; empty if there is none.

    A world that all episodes share is said here; else each has its own, on its line of ``episodes.jsonl``.

    Parameters
    ----------
    statements
        Of the datasets that have occupancy; their grids are equal.
    worlds
        Of all episodes.
    """
    if not statements:
        return {}
    first = statements[0]
    is_shared = bool(worlds) and all(world == worlds[0] for world in worlds)
    place = {"world": worlds[0]} if is_shared else {"world_of_an_episode": "its line of meta/episodes.jsonl, key world"}
    return {
        "path": layout.SIDECAR_TEMPLATE,
        "files": stated if isinstance(stated := first.get("files"), dict) else FILE_TEXTS,
        "grid": first["grid"],
        **place,
        "features": first.get("features") or {},
    }
