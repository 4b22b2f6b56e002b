"""Whether a dropped or chosen path looks usable, decided by a glance that costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v")
NUM_NAMED = 3
"""Refusals that are told in full when several things are dropped."""
PROJECT_SUFFIX = ".l3rocc"
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


class InputKind(Enum):
    """What a path seems to be."""

    SOURCE = "source"
    RUN = "run"
    PROJECT = "project"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DropGlance:
    """What a glance at everything that was dropped together says.

    Attributes
    ----------
    inputs
        What can be used: one thing to open, or several for the queue.
    left_out
        Why the others cannot, a sentence each.
    refusal
        Why nothing can be used; empty if something can.
    """

    inputs: tuple[InputGlance, ...] = ()
    left_out: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def paths(self) -> tuple[Path, ...]:
        """What can be used."""
        return tuple(each.path for each in self.inputs if each.path is not None)


def glance(path: Path) -> InputGlance:
    """Judge one path by its name and, for a folder, by the names in it; opening it may still fail."""
    if not path.exists():
        return _refused(path, f"{path.name} does not exist.")
    if path.is_dir():
        return _glance_folder(path)
    if path.suffix.lower() == PROJECT_SUFFIX:
        return InputGlance(path=path, kind=InputKind.PROJECT)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return InputGlance(path=path, kind=InputKind.SOURCE)
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return _refused(path, f"{path.name} is a single picture; drop the folder of the whole sequence instead.")
    return _refused(
        path,
        f"{path.name} is not a video. Supported: videos ({' '.join(VIDEO_SUFFIXES)}), folders of pictures, "
        f"InternData-N1 and LeRobot trajectories, and projects ({PROJECT_SUFFIX}).",
    )


def glance_at_all(paths: Sequence[Path]) -> DropGlance:
    """Judge what was dropped: one thing is opened, several go to the queue, those that cannot be used are named."""
    if not paths:
        return DropGlance(refusal="Only files and folders of this computer can be dropped here.")
    judged = [glance(path) for path in paths]
    if len(judged) == 1:
        return DropGlance(inputs=tuple(each for each in judged if each.kind), refusal=judged[0].refusal)
    judged = [_for_queue(each) for each in judged]
    inputs = tuple(each for each in judged if each.kind)
    refusals = [each.refusal for each in judged if not each.kind]
    if not inputs:
        listed = " ".join(refusals[:NUM_NAMED])
        more = f" And {len(refusals) - NUM_NAMED} more." if len(refusals) > NUM_NAMED else ""
        return DropGlance(refusal=f"None of these can be used. {listed}{more}")
    return DropGlance(inputs=inputs, left_out=tuple(refusals))


def _for_queue(judged: InputGlance) -> InputGlance:
    """Several things at once go to the queue, which takes sources only."""
    if judged.path is not None and judged.kind is InputKind.RUN:
        return _refused(judged.path, f"{judged.path.name} is a finished result; drop it alone to see it.")
    if judged.path is not None and judged.kind is InputKind.PROJECT:
        return _refused(judged.path, f"{judged.path.name} is a project; drop it alone to open it.")
    return judged


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
