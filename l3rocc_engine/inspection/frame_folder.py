"""Folders with one file of points a frame, as the visual format has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection.point_file import PointFile, open_npy, open_ply, points_of_npy, points_of_ply
from l3rocc_engine.inspection.surroundings import look_around
from l3rocc_engine.visual.layout import MANIFEST

SUFFIXES = (".npy", ".ply")
MOST_NAMED = 6
_NUMBER = re.compile(r"(\d+)")


def open_folder(path: Path, voxel_size: float | None) -> PointFile:
    """A folder with one .npy or .ply a moment, as the visual format has them.

    Raises
    ------
    InputError
        If there are none.
    """
    files = [item for item in path.iterdir() if item.is_file() and item.suffix.lower() in SUFFIXES]
    if not files or (path / MANIFEST).is_file():
        raise InputError(f"{path} is not a folder with one .npy or .ply file a frame.", _hint_inside(path))
    suffix = max(SUFFIXES, key=lambda wanted: sum(item.suffix.lower() == wanted for item in files))
    files = sorted((item for item in files if item.suffix.lower() == suffix), key=_by_number)
    opener, read = (open_npy, points_of_npy) if suffix == ".npy" else (open_ply, points_of_ply)
    first = opener(files[0], voxel_size)
    return PointFile(
        path=path,
        kind=f"folder of {len(files)} {suffix} files",
        axes=first.axes,
        grid=first.grid,
        up=first.up,
        notes=(*first.notes, *_notes_on_background(path)),
        stated=first.stated,
        numbers=_numbers_of(files),
        moments=tuple((item.name, partial(read, item, voxel_size)) for item in files),
    )


def _numbers_of(files: Sequence[Path]) -> Sequence[int]:
    """The numbers in the files' names, if each has its own; else they are counted."""
    found = [_NUMBER.findall(file.stem) for file in files]
    numbers = [int(each[0]) for each in found if len(each) == 1]
    return numbers if len(set(numbers)) == len(files) else range(len(files))


def _notes_on_background(folder: Path) -> tuple[str, ...]:
    """Where the background of a sequence is, if its frames are without."""
    files = look_around(folder / MANIFEST).background if folder.name.startswith("merge") else ()
    if not files:
        return ()
    return (f"The background is not in the frames; it lies once beside them, in {files[0]}.",)


def _hint_inside(path: Path) -> str:
    """What to give instead: folders of frames in it, else files of a run's folder, else what such a folder is."""
    formats = [item.parent for item in (path / MANIFEST, *sorted(path.glob(f"*/{MANIFEST}"))) if item.is_file()]
    inside_formats = (item for place in formats or [path] for suffix in SUFFIXES for item in place.glob(f"*/*{suffix}"))
    folders = sorted({item.parent.relative_to(path).as_posix() for item in inside_formats})
    if folders:
        return f"Give one of the folders in it: {', '.join(folders[:MOST_NAMED])}."
    inside = sorted(item.relative_to(path).as_posix() for item in path.glob("*/*/*") if item.suffix in (".npz", ".ply"))
    inside += sorted(item.relative_to(path).as_posix() for item in path.glob("*/*/*/*.npz"))
    if inside:
        return f"Give one of the files in it: {', '.join(inside[:MOST_NAMED])}."
    return "Give a file, or a folder with one file a frame such as merge_npy_sequence_cam."


def _by_number(path: Path) -> list[tuple[int, int, str]]:
    """Key that sorts ``frame_10`` after ``frame_9``."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in _NUMBER.split(path.name)]
