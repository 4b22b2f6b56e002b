"""Everything below a folder that can be processed: trajectories, episodes, videos, folders of pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
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


def ignore_unreadable(_error: OSError) -> None:
    """For searches of which nobody wants to know what they could not list."""


def find_inputs(
    folder: Path,
    *,
    cancel: CancelToken | None = None,
    depth: int | None = SEARCH_DEPTH,
    max_visited: int | None = MAX_VISITED,
    on_unreadable: Callable[[OSError], None] = ignore_unreadable,
) -> list[FoundInput]:
    """List what could be opened in and below a folder, in order of name; nothing is opened.

    A dataset is not searched further, and its episodes are listed one by one. Hidden folders are left out, and
    symbolic links to folders are not followed.

    Parameters
    ----------
    folder
        Where to look.
    cancel
        Stops the search.
    depth, max_visited
        How deep, and how many folders in all; None for no limit.
    on_unreadable
        Told of folders that cannot be listed.

    Raises
    ------
    InputError
        If the folder cannot be read.
    Cancelled
        If ``cancel`` was set.
    """
    try:
        is_folder = folder.is_dir()
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror or error}.", "Check the path.") from error
    if not is_folder:
        raise InputError(f"{folder} is not a folder.", "Choose a folder with videos or trajectories.")
    return list(walk_inputs(folder, cancel, depth=depth, max_visited=max_visited, on_unreadable=on_unreadable))


def walk_inputs(
    root: Path,
    cancel: CancelToken | None = None,
    *,
    depth: int | None = SEARCH_DEPTH,
    max_visited: int | None = MAX_VISITED,
    on_unreadable: Callable[[OSError], None] = ignore_unreadable,
) -> Iterator[FoundInput]:
    """The same as :func:`find_inputs`, one after the other, for who may have seen enough.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    for name, folders, files in islice(os.walk(root, onerror=on_unreadable), max_visited):
        if cancel is not None:
            cancel.check()
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
        if depth is not None and len(here.relative_to(root).parts) >= depth:
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
