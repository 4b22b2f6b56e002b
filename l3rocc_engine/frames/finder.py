"""Everything below a folder that can be processed: trajectories, episodes, videos, folders of pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.episode_files import VIDEO_SUFFIXES, episode_numbers, is_episode_folder
from l3rocc_engine.frames.images import list_images
from l3rocc_engine.progress import CancelToken

SEARCH_DEPTH = 6
MAX_VISITED = 20_000
"""Folders after which a search gives up, so that dropping a whole disk does not take forever."""


class FoundKind(Enum):
    """What a find is."""

    VIDEO = "video"
    PICTURES = "pictures"
    EPISODE = "episode"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInput:
    """Something that ``open_source`` would try.

    Attributes
    ----------
    path
        File or folder.
    kind
        What it seems to be.
    episode
        Number of the episode, where the dataset holds several; else None.
    label
        Where it lies below the folder that was searched, for people.
    """

    path: Path
    kind: FoundKind
    episode: int | None
    label: str


def find_inputs(folder: Path, *, cancel: CancelToken | None = None) -> list[FoundInput]:
    """List what could be opened in and below a folder, in order of name; nothing is opened.

    A dataset is not searched further, and its episodes are listed one by one. Hidden folders are left out, and
    symbolic links to folders are not followed.

    Raises
    ------
    InputError
        If the folder cannot be read.
    Cancelled
        If ``cancel`` was set.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder.", "Choose a folder with videos or trajectories.")
    return list(_walk(folder, cancel or CancelToken()))


def _walk(root: Path, cancel: CancelToken) -> Iterator[FoundInput]:
    for visited, (name, folders, files) in enumerate(os.walk(root)):
        cancel.check()
        if visited >= MAX_VISITED:
            return
        here = Path(name)
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        if is_episode_folder(here):
            folders.clear()
            yield from _episodes(here, root)
            continue
        videos = sorted(each for each in files if Path(each).suffix.lower() in VIDEO_SUFFIXES and each[0] != ".")
        for video in videos:
            yield _found(here / video, FoundKind.VIDEO, root)
        if not videos and list_images(here):
            yield _found(here, FoundKind.PICTURES, root)
        if len(here.relative_to(root).parts) >= SEARCH_DEPTH:
            folders.clear()


def _episodes(folder: Path, root: Path) -> Iterator[FoundInput]:
    numbers = episode_numbers(folder)
    if len(numbers) < 2:
        yield _found(folder, FoundKind.EPISODE, root)
        return
    for number in numbers:
        yield _found(folder, FoundKind.EPISODE, root, episode=number)


def _found(path: Path, kind: FoundKind, root: Path, *, episode: int | None = None) -> FoundInput:
    label = path.name if path == root else str(path.relative_to(root))
    if episode is not None:
        label = f"{label}, episode {episode}"
    return FoundInput(path=path, kind=kind, episode=episode, label=label)
