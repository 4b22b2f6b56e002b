"""Structure from motion over keyframes, run in a child process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.builtin.motion import small_grey
from l3rocc_engine.backends.builtin.sfm_job import MatchEvidence, SfmAnswer, SfmJob, SfmMode, solve_in_child
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.isolation import ChildCrashed, ChildStarved, run_isolated
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent
from l3rocc_engine.storage.atomic import fsync_path
from l3rocc_engine.storage.scratch import scratch_folder, writing_scratch

MAX_SIDE_PX = 800
FIRST_FOCAL = 0.8
"""First guess of an unknown focal length as a share of the picture's width."""
OVERLAP = 6
FAR_OFFSETS = (8, 16, 32)
EXHAUSTIVE_BELOW = 16
PROBE_BYTES = 1 << 20


def solve_cameras(
    source: FrameSource,
    key_frames: NDArray[np.int64],
    *,
    intrinsics: Intrinsics | None = None,
    world_from_cam: NDArray[np.float64] | None = None,
    on_evidence: Callable[[MatchEvidence], None],
    events: EventSink,
    cancel: CancelToken,
) -> SfmAnswer:
    """Find camera, poses and points of the keyframes; only what is not given is solved for.

    Parameters
    ----------
    source
        Where the pictures come from.
    key_frames
        (K,) int64 increasing frame numbers.
    intrinsics
        The camera for the source's size, where it is known; else one focal length is solved for.
    world_from_cam
        (K, 4, 4) poses of the keyframes, where they are known; then points are triangulated only.
    on_evidence
        Called before the long part with what matching found; may raise to stop there.
    events
        Gets the stages ``features``, ``matching`` and ``poses``.

    Returns
    -------
    SfmAnswer
        Camera in pixels of the source's size.

    Raises
    ------
    ReconstructionError
        If COLMAP itself fails.
    ChildStarved
        If memory ran out, or its process was killed.
    OutputError
        If the temporary folder cannot be written.
    Cancelled
        If ``cancel`` was set.
    """
    with scratch_folder("sfm") as folder:
        pictures = _load_pictures(source, key_frames, events, cancel)
        path = folder / "pictures.npy"
        with writing_scratch(folder):
            np.save(path, pictures)
        job = _job(pictures.shape, intrinsics, world_from_cam)
        return _run(job, path, source, on_evidence, events, cancel)


def pairs_to_match(num_pictures: int) -> NDArray[np.int64]:
    """Pairs (P, 2) of pictures that may see the same things: all in short clips, else near ones and some far ones."""
    first, second = np.triu_indices(num_pictures, k=1)
    gap = second - first
    is_wanted = (gap <= OVERLAP) | np.isin(gap, FAR_OFFSETS) | (num_pictures < EXHAUSTIVE_BELOW)
    return np.column_stack([first[is_wanted], second[is_wanted]]).astype(np.int64)


def _load_pictures(
    source: FrameSource, key_frames: NDArray[np.int64], events: EventSink, cancel: CancelToken
) -> NDArray[np.uint8]:
    events(ProgressEvent(stage="features", done=0, total=len(key_frames)))
    pictures = []
    for _, picture in source.frames(key_frames.tolist()):
        cancel.check()
        pictures.append(small_grey(picture, MAX_SIDE_PX))
    return np.stack(pictures)


def _job(shape: tuple[int, ...], intrinsics: Intrinsics | None, world_from_cam: NDArray[np.float64] | None) -> SfmJob:
    count, height, width = shape
    if intrinsics is None:
        mode, focal = SfmMode.GLOBAL, FIRST_FOCAL * width
        camera = Intrinsics(
            fx_px=focal, fy_px=focal, cx_px=width / 2, cy_px=height / 2, width_px=width, height_px=height
        )
    else:
        mode = SfmMode.INCREMENTAL if world_from_cam is None else SfmMode.TRIANGULATE
        camera = intrinsics.scaled_to(width, height)
    return SfmJob(mode=mode, intrinsics=camera, pairs=pairs_to_match(count), world_from_cam=world_from_cam)


def _run(
    job: SfmJob,
    pictures: Path,
    source: FrameSource,
    on_evidence: Callable[[MatchEvidence], None],
    events: EventSink,
    cancel: CancelToken,
) -> SfmAnswer:
    def listen(message: object) -> None:
        if isinstance(message, MatchEvidence):
            on_evidence(message)
        elif isinstance(message, tuple):
            stage, done, total = message
            events(ProgressEvent(stage=stage, done=done, total=total))

    try:
        answer: SfmAnswer = run_isolated(solve_in_child, job, pictures, cancel=cancel, on_message=listen)
    except ChildStarved as error:  # says nothing about the pictures
        raise ChildStarved(
            f"Solving the camera poses of {source.name} did not end: {error.message}", error.hint
        ) from error
    except ChildCrashed as error:
        _require_room(pictures.parent)
        raise ReconstructionError(
            f"Solving the camera poses of {source.name} failed inside COLMAP: {error.message}",
            "Try again with another interval; if it fails again, please report it with the input.",
        ) from error
    return answer.scaled_to(*source.size_px)


def _require_room(folder: Path) -> None:
    """Tell a full disk, of which COLMAP's words say little, from pictures that do not fit together.

    Raises
    ------
    OutputError
        If nothing can be written there.
    """
    probe = folder / "probe"
    with writing_scratch(folder):
        probe.write_bytes(bytes(PROBE_BYTES))
        fsync_path(probe)
