"""What a batch consists of: units that are processed one by one, and targets, the folders that come out."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.finder import FoundInput, FoundKind, find_inputs, ignore_unreadable
from l3rocc_engine.progress import CancelToken

STATE_FOLDER = ".l3rocc"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchUnit:
    """One video, folder of pictures or episode.

    Attributes
    ----------
    name
        Where it lies below the batch's root, as ``group/scene/trajectory_1`` or ``dataset#000003``; unique.
    path, episode
        What is opened.
    kind
        What it seems to be.
    """

    name: str
    path: Path
    episode: int | None
    kind: FoundKind

    @property
    def key(self) -> str:
        """Name of its folder among the working files: readable, and unique by a hash."""
        readable = _UNSAFE.sub("_", self.name).strip("._")[-60:]
        return f"{readable}-{hashlib.sha256(os.fsencode(self.name)).hexdigest()[:10]}"

    @property
    def is_episode(self) -> bool:
        """Whether a dataset's episode is labelled; else a dataset is made of plain pictures."""
        return self.kind is FoundKind.EPISODE

    @property
    def episode_idx(self) -> int:
        """The episode's number; 0 where there is but one."""
        return self.episode or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTarget:
    """One folder that comes out, of one unit or of all episodes of a dataset.

    Attributes
    ----------
    name
        Where it will lie below the output folder.
    root
        The dataset it is made of, or the video or folder of pictures.
    units
        In order of episodes.
    """

    name: PurePosixPath
    root: Path
    units: tuple[BatchUnit, ...]

    @property
    def is_dataset(self) -> bool:
        """Whether a dataset is labelled; else one is made of plain pictures."""
        return self.units[0].is_episode

    @property
    def has_several(self) -> bool:
        """Whether the dataset holds more than one episode."""
        return self.units[0].episode is not None


def list_targets(
    root: Path, *, cancel: CancelToken | None = None, on_unreadable: Callable[[OSError], None] = ignore_unreadable
) -> tuple[BatchTarget, ...]:
    """Everything below a folder, in order of names; nothing is opened.

    Parameters
    ----------
    root
        Searched to any depth and size.
    cancel
        Stops the search.
    on_unreadable
        Told of folders below it that cannot be listed; what they hold is missing then.

    Raises
    ------
    InputError
        If the folder cannot be read, or holds nothing that could be processed.
    Cancelled
        If ``cancel`` was set.
    """
    root = root.absolute()
    everything = find_inputs(root, cancel=cancel, depth=None, max_visited=None, on_unreadable=on_unreadable)
    found = [item for item in everything if STATE_FOLDER not in item.path.relative_to(root).parts]
    if not found:
        raise InputError(
            f"{root} holds no trajectory, video or folder of pictures.",
            "Give the folder above the trajectories, such as traj_data of InternData-N1.",
        )
    by_path: dict[Path, list[FoundInput]] = {}
    for item in found:
        by_path.setdefault(item.path, []).append(item)
    names = _target_names(root, tuple(by_path))
    return tuple(_target(names[path], path, items) for path, items in by_path.items())


def _target(name: PurePosixPath, path: Path, items: Sequence[FoundInput]) -> BatchTarget:
    units = tuple(
        BatchUnit(
            name=str(name) if item.episode is None else f"{name}#{item.episode:06d}",
            path=path,
            episode=item.episode,
            kind=item.kind,
        )
        for item in items
    )
    return BatchTarget(name=name, root=path, units=units)


def _target_names(root: Path, paths: Iterable[Path]) -> dict[Path, PurePosixPath]:
    """Where each comes to lie: no two in one folder, and none inside another.

    Videos that differ in their suffix only keep it; a folder of pictures with other inputs below it is told apart.
    """
    wanted: dict[PurePosixPath, list[Path]] = {}
    for path in paths:
        relative = PurePosixPath(path.name) if path == root else PurePosixPath(path.relative_to(root).as_posix())
        wanted.setdefault(relative.with_suffix("") if path.is_file() else relative, []).append(path)
    above = {parent for name in wanted for parent in name.parents}
    names: dict[Path, PurePosixPath] = {}
    taken: set[PurePosixPath] = set()
    for name, sharing in wanted.items():
        for path in sharing:
            is_plain = len(sharing) == 1 or not path.is_file()
            own = name if is_plain else name.with_name(path.name.replace(".", "_"))
            own = own.with_name(f"{own.name}_pictures") if own in above else own
            while own in taken:
                own = own.with_name(f"{own.name}_")
            names[path] = own
            taken.add(own)
    return names
