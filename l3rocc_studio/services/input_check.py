"""Whether a dropped or chosen path looks usable, decided by a glance that costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v")
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


class InputKind(Enum):
    """What a path seems to be."""

    SOURCE = "source"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGlance:
    """What a glance at a path says.

    Attributes
    ----------
    path
        The path, or None if there is none to take.
    kind
        What it seems to be, or None if it cannot be used.
    refusal
        Why it cannot be used, for people; empty if it can.
    """

    path: Path | None
    kind: InputKind | None
    refusal: str = ""


def glance(path: Path) -> InputGlance:
    """Judge one path by its name and, for a folder, by the names in it; opening it may still fail."""
    if not path.exists():
        return _refused(path, f"{path.name} does not exist.")
    if path.is_dir():
        return _glance_folder(path)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return InputGlance(path=path, kind=InputKind.SOURCE)
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return _refused(path, f"{path.name} is a single picture; drop the folder of the whole sequence instead.")
    return _refused(path, f"{path.name} is not a video. Videos end in {', '.join(VIDEO_SUFFIXES)}.")


def glance_at_all(paths: Sequence[Path]) -> InputGlance:
    """Judge what was dropped: exactly one thing can be opened at a time."""
    if not paths:
        return _refused(None, "Only files and folders of this computer can be dropped here.")
    if len(paths) > 1:
        return _refused(None, f"{len(paths)} items were dropped; drop one video or one folder.")
    return glance(paths[0])


def _glance_folder(folder: Path) -> InputGlance:
    if (folder / "meta" / "run.json").is_file():
        return InputGlance(path=folder, kind=InputKind.RUN)
    try:
        is_empty = next(folder.iterdir(), None) is None
    except OSError as error:
        return _refused(folder, f"The folder {folder.name} cannot be read: {error.strerror}.")
    if is_empty:
        return _refused(folder, f"The folder {folder.name} is empty.")
    return InputGlance(path=folder, kind=InputKind.SOURCE)


def _refused(path: Path | None, reason: str) -> InputGlance:
    return InputGlance(path=path, kind=None, refusal=reason)
