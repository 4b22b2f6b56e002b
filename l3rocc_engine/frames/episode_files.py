"""Which files of a LeRobot v2.1 or InternData-N1 folder belong to one episode."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.dataset_meta import DatasetMeta
from l3rocc_engine.frames.images import list_images

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".avi", ".webm"})
_EPISODE_FILE = re.compile(r"episode_([0-9]+)$")
_USUAL_KEYS = ("observation.video.trajectory", "observation.images.rgb")
_RGB_FOLDER = "observation.images.rgb"
_DEPTH_FOLDER = "observation.images.depth"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFiles:
    """The files of one episode.

    Attributes
    ----------
    episode, num_episodes
        Its number, and how many the folder holds.
    table
        Parquet file, if there is one.
    video
        Colour video, if there is one; otherwise ``rgb_images`` is not empty.
    rgb_images, depth_images
        Pictures in order; empty where there are none.
    warnings
        What was chosen among several.
    """

    episode: int
    num_episodes: int
    table: Path | None
    video: Path | None
    rgb_images: tuple[Path, ...]
    depth_images: tuple[Path, ...]
    warnings: tuple[str, ...]


def is_episode_folder(path: Path) -> bool:
    """Whether a folder looks like the root of a LeRobot v2.1 or InternData-N1 dataset."""
    if (path / "meta" / "info.json").is_file():
        return True
    return any((path / "data").glob("chunk-*/*.parquet")) or any((path / "videos").glob("chunk-*"))


def episode_numbers(root: Path) -> list[int]:
    """Numbers of the episodes that a dataset's folder holds, increasing; ``[0]`` where no file is numbered."""
    return sorted(_tables(root)) or sorted(_videos(root)) or [0]


def find_episode_files(root: Path, meta: DatasetMeta, episode: int | None) -> EpisodeFiles:
    """Choose an episode and find its files.

    Raises
    ------
    InputError
        If the episode is not there, or it has neither video nor pictures.
    """
    tables, numbers = _tables(root), episode_numbers(root)
    warnings: list[str] = []
    if episode is None:
        episode = numbers[0]
        if len(numbers) > 1:
            warnings.append(f"{root.name} holds {len(numbers)} episodes; number {episode} is opened.")
    elif episode not in numbers:
        raise InputError(
            f"{root} has no episode {episode}.", f"It holds {len(numbers)}, from {numbers[0]} to {numbers[-1]}."
        )
    is_alone = len(numbers) == 1
    video = _choose_video(root, meta, episode, is_alone=is_alone, warnings=warnings)
    rgb_images = () if video is not None else _images(root, _RGB_FOLDER, meta, episode, is_alone=is_alone)
    if video is None and not rgb_images:
        raise InputError(
            f"Episode {episode} of {root} has neither a video nor pictures.",
            f"Expected an mp4 file below {root.name}/videos/chunk-000/, or pictures in "
            f"videos/chunk-000/{_RGB_FOLDER}/. Parts of the dataset may not have been downloaded.",
        )
    return EpisodeFiles(
        episode=episode,
        num_episodes=len(numbers),
        table=tables[episode][0] if episode in tables else None,
        video=video,
        rgb_images=rgb_images,
        depth_images=_images(root, _DEPTH_FOLDER, meta, episode, is_alone=is_alone),
        warnings=tuple(warnings),
    )


def _tables(root: Path) -> dict[int, list[Path]]:
    return _numbered(root.glob("data/chunk-*/episode_*.parquet"))


def _videos(root: Path) -> dict[int, list[Path]]:
    return _numbered(p for p in root.glob("videos/chunk-*/*/episode_*") if p.suffix.lower() in VIDEO_SUFFIXES)


def _numbered(paths: Iterable[Path]) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = {}
    for path in sorted(paths):
        match = _EPISODE_FILE.search(path.stem)
        if match:
            found.setdefault(int(match.group(1)), []).append(path)
    return found


def _choose_video(root: Path, meta: DatasetMeta, episode: int, *, is_alone: bool, warnings: list[str]) -> Path | None:
    """The colour video of an episode: declared ones first, then the usual names."""
    by_key: dict[str, list[Path]] = {}
    for path in sorted(root.glob("videos/chunk-*/*/*")):
        is_own = path.stem == f"episode_{episode:06d}" or (is_alone and not _EPISODE_FILE.search(path.stem))
        is_hidden = path.name.startswith(".")
        if path.suffix.lower() in VIDEO_SUFFIXES and is_own and not is_hidden and "depth" not in path.parent.name:
            by_key.setdefault(path.parent.name, []).append(path)
    if not by_key:
        return None
    preferred = [key for key in (*meta.video_keys, *_USUAL_KEYS, *by_key) if key in by_key]
    key = preferred[0]
    others = sorted(set(by_key) - {key})
    if others:
        warnings.append(f"{root.name} has several cameras; {key} is opened, not {', '.join(others)}.")
    named = [path for path in by_key[key] if _EPISODE_FILE.search(path.stem)]
    candidates = named or by_key[key]
    if len(candidates) > 1:
        names = ", ".join(path.name for path in candidates[1:])
        warnings.append(f"{key} holds several videos; {candidates[0].name} is opened, not {names}.")
    return candidates[0]


def _images(root: Path, folder: str, meta: DatasetMeta, episode: int, *, is_alone: bool) -> tuple[Path, ...]:
    """Pictures of one episode; where episodes share a folder, the part that the statistics name."""
    folders = sorted(root.glob(f"videos/chunk-*/{folder}"))
    if not folders:
        return ()
    images = list_images(folders[0])
    part = meta.image_range(episode)
    if part is None:
        return tuple(images) if is_alone else ()
    by_text = sorted(images, key=lambda path: path.name)
    return tuple(by_text[part[0] : part[1] + 1])
