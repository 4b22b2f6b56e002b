"""Any input that can be dropped on the program, opened by what it is."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.episode import EpisodeSource
from l3rocc_engine.frames.episode_files import VIDEO_SUFFIXES, is_episode_folder
from l3rocc_engine.frames.finder import walk_inputs
from l3rocc_engine.frames.image_file import IMAGE_SUFFIXES
from l3rocc_engine.frames.images import ImageFolderSource, list_images
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.frames.video import VideoSource
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress

ACCEPTED_HINT = (
    "Supported: video files (mp4, mov, mkv, avi, webm), folders of pictures (jpg, png, webp, bmp, tif), "
    "and LeRobot v2.1 or InternData-N1 trajectory folders."
)
_MAX_VISITED = 2000
_NUM_LISTED = 4


def open_source(
    path: Path,
    *,
    fps: float = 30.0,
    episode: int | None = None,
    progress: StepProgress = no_progress,
    cancel: CancelToken | None = None,
) -> FrameSource:
    """Open a video, a folder of pictures or an episode of a dataset.

    Parameters
    ----------
    path
        File or folder.
    fps
        Frames a second where the input has none: pictures.
    episode
        Which episode of a dataset; the first one by default.
    progress
        Called with ``(done, total)`` while the input is indexed; the unit changes between passes.
    cancel
        Stops indexing.

    Raises
    ------
    InputError
        If there is nothing at ``path``, or nothing that can be opened; the hint says what could be.
    Cancelled
        If ``cancel`` was set.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise InputError(f"There is nothing at {path}.", "Check the spelling, and whether the drive is connected.")
        if path.is_dir() and is_episode_folder(path):
            return EpisodeSource(path, fps=fps, episode=episode, progress=progress, cancel=cancel)
        if episode is not None:
            raise InputError(f"{path} is not a dataset, so it has no episode {episode}.", "Leave out the episode.")
        if path.is_file():
            return _open_file(path, progress, cancel)
        if not path.is_dir():
            raise InputError(f"{path} is neither a file nor a folder.", ACCEPTED_HINT)
        if list_images(path):
            return ImageFolderSource(path, fps=fps, progress=progress, cancel=cancel)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    raise InputError(f"{path} holds neither pictures nor a trajectory.", _hint_for_folder(path))


def _open_file(path: Path, progress: StepProgress, cancel: CancelToken | None) -> FrameSource:
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return VideoSource(path, progress=progress, cancel=cancel)
    if suffix in IMAGE_SUFFIXES:
        raise InputError(f"{path} is a single picture.", f"Open the folder {path.parent} to use all pictures in it.")
    root = next((parent for parent in path.absolute().parents[:4] if is_episode_folder(parent)), None)
    if root is not None:
        raise InputError(f"{path} is a part of a dataset.", f"Open the folder {root} instead.")
    raise InputError(f"{path} is not a kind of file that can be opened here.", ACCEPTED_HINT)


def _hint_for_folder(path: Path) -> str:
    """What of the things below a folder could be opened instead."""
    below = _openable_below(path)
    if not below:
        return ACCEPTED_HINT
    listed = ", ".join(str(item) for item in below[:_NUM_LISTED])
    if len(below) > _NUM_LISTED:
        return f"Open one of these instead: {listed} and others."
    return f"Open one of these instead: {listed}."


def _openable_below(path: Path) -> list[Path]:
    """Trajectories, videos and picture folders below a folder, one more than are listed; a bounded search."""
    found: dict[Path, None] = {}  # in order, and a dataset once however many episodes it has
    for item in walk_inputs(path, max_visited=_MAX_VISITED):
        found[item.path] = None
        if len(found) > _NUM_LISTED:
            break
    return list(found)
