"""The cameras of a run as a COLMAP model, for splatting and for bundle adjustment elsewhere.

The folder is laid out as those programs expect it: ``sparse/0`` with the model, ``images`` with the pictures. World
and unit are the run's. COLMAP's camera axes and pixel centres are this program's own (x right, y down, z forward;
the top-left pixel's centre at (0.5, 0.5)), so nothing is turned.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.interchange.colmap_files import write_binary, write_text
from l3rocc_engine.interchange.colmap_model import (
    ColmapModel,
    RegisteredFrames,
    image_name,
    tracked_model,
    untracked_model,
)
from l3rocc_engine.interchange.thinning import kept_rows
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import atomic_folder
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.replacing import check_folder
from l3rocc_engine.storage.space import SizeForecast, require_space

MODEL, IMAGES = Path("sparse") / "0", Path("images")
KIND = "a COLMAP model"
CLOUD_POINTS = 200_000
"""Points of the cloud that a model takes where nothing else is asked for: what splatting starts from."""
JPEG_QUALITY = 95
JPEG_BYTES_PER_PIXEL = 0.6
BYTES_PER_POINT, BYTES_PER_OBSERVATION, BYTES_PER_IMAGE = 51, 32, 200
TEXT_GROWTH = 2.2


class ColmapForm(Enum):
    """How the model is written; all programs read ``BINARY``, people read ``TEXT``."""

    BINARY = "binary"
    TEXT = "text"


class PointChoice(Enum):
    """Which points the model holds.

    ``TRACKS`` are those of structure from motion with the pixels that saw them, ``CLOUD`` is the dense cloud without;
    ``AUTO`` takes tracks where the run has them.
    """

    AUTO = "auto"
    TRACKS = "tracks"
    CLOUD = "cloud"


def write_colmap(
    run: Run,
    out: Path,
    *,
    form: ColmapForm = ColmapForm.BINARY,
    points: PointChoice = PointChoice.AUTO,
    max_points: int | None = CLOUD_POINTS,
    frames: Sequence[int] | None = None,
    images: bool = False,
    overwrite: bool = False,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Path:
    """Write ``out/sparse/0`` (PINHOLE camera, pictures, points) and, if asked for, ``out/images``.

    Parameters
    ----------
    run
        What to write.
    out
        The folder to make.
    form
        Binary or text.
    points
        Which points.
    max_points
        Keep at most so many points of the cloud, chosen evenly; all if None. Tracks are always whole.
    frames
        Frames to register; the run's keyframes if None.
    images
        Whether to write the frames as JPEG pictures.
    overwrite
        Replace an older model; other folders are never replaced.
    events, cancel
        Progress (stages ``images`` and ``export``) and the wish to stop.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    ConfigError
        If tracks or frames are asked for that the run does not have.
    OutputError
        If ``out`` is in the way or cannot be written, or the disk has not enough room.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    chosen = registered_frames(run, frames)
    tracks = chosen_tracks(run, points, chosen)
    replaces = check_folder(out, mark=str(MODEL), kind=KIND, overwrite=overwrite)
    forecast = forecast_colmap(run, form=form, points=points, max_points=max_points, frames=frames, images=images)
    require_space(out, forecast)
    with atomic_folder(out, overwrite=replaces) as folder:
        colors = _go_through_pictures(run, chosen, tracks, folder if images else None, events, cancel)
        _write_model(folder / MODEL, _model(run, chosen, tracks, colors, max_points), form, events, cancel)
    return out


def _write_model(
    folder: Path, model: ColmapModel, form: ColmapForm, events: EventSink, cancel: CancelToken | None
) -> None:
    report = steps_of(events, "export")
    report(0, 1)
    make_folders(folder)
    (write_binary if form is ColmapForm.BINARY else write_text)(model, folder, cancel)
    report(1, 1)


def forecast_colmap(
    run: Run,
    *,
    form: ColmapForm = ColmapForm.BINARY,
    points: PointChoice = PointChoice.AUTO,
    max_points: int | None = CLOUD_POINTS,
    frames: Sequence[int] | None = None,
    images: bool = False,
) -> SizeForecast:
    """How much :func:`write_colmap` will write; the size of pictures is a guess from their number of pixels.

    Raises
    ------
    ConfigError
        See :func:`write_colmap`.
    """
    chosen = registered_frames(run, frames)
    tracks = chosen_tracks(run, points, chosen)
    num_points = len(kept_rows(run.cloud.num_points, max_points)) if tracks is None else tracks.num_points
    observations = 0 if tracks is None else len(tracks.frame_idx)
    size = num_points * BYTES_PER_POINT + observations * BYTES_PER_OBSERVATION + len(chosen) * BYTES_PER_IMAGE
    num_bytes = size * (TEXT_GROWTH if form is ColmapForm.TEXT else 1.0)
    if images:
        width, height = run.source.size_px
        num_bytes += len(chosen) * width * height * JPEG_BYTES_PER_PIXEL
    return SizeForecast(num_bytes=int(num_bytes), num_files=3 + (len(chosen) if images else 0))


def registered_frames(run: Run, frames: Sequence[int] | None) -> NDArray[np.int64]:
    """Increasing frames (K,) of the model: those asked for, else the keyframes, else all.

    Raises
    ------
    ConfigError
        If there are none, or the run does not have them.
    """
    wanted = frames if frames is not None else (run.record.keyframes or range(run.num_frames))
    run.require_frames(wanted)
    return np.unique(np.array(wanted, dtype=np.int64))


def chosen_tracks(run: Run, points: PointChoice, frames: NDArray[np.int64]) -> PointTracks | None:
    """The tracks to write, of these frames (K,) only; None for the cloud.

    Raises
    ------
    ConfigError
        If tracks are asked for that the run does not have.
    """
    if points is PointChoice.CLOUD:
        return None
    tracks = None if run.tracks is None else run.tracks.seen_by(frames)
    if tracks is not None and tracks.num_points:
        return tracks
    if points is PointChoice.TRACKS:
        raise ConfigError(
            f"The run of {run.source.name} has no point tracks: only the built-in engine makes them.",
            "Take the points of the cloud instead, or process the video with --backend builtin.",
        )
    return None


def _go_through_pictures(
    run: Run,
    frames: NDArray[np.int64],
    tracks: PointTracks | None,
    folder: Path | None,
    events: EventSink,
    cancel: CancelToken | None,
) -> NDArray[np.uint8] | None:
    """Save the pictures below ``folder``, and take the tracks' colours (N, 3) from them; each is decoded once."""
    if folder is None and tracks is None:
        return None
    if folder is not None:
        (folder / IMAGES).mkdir()
    report = steps_of(events, "images")
    report(0, len(frames))
    total = np.zeros((0 if tracks is None else tracks.num_points, 3))
    count = np.zeros(len(total))
    for done, (frame_idx, picture) in enumerate(run.source.frames([int(t) for t in frames]), start=1):
        if cancel is not None:
            cancel.check()
        if folder is not None:
            jpeg = Image.fromarray(np.ascontiguousarray(picture))
            jpeg.save(folder / IMAGES / image_name(frame_idx), quality=JPEG_QUALITY, subsampling=0)
        if tracks is not None:
            rows = tracks.frame_idx == frame_idx
            height, width = picture.shape[:2]
            column, line = np.floor(tracks.pixels_px[rows]).astype(np.int64).T
            seen = picture[np.clip(line, 0, height - 1), np.clip(column, 0, width - 1)]
            np.add.at(total, tracks.point_idx[rows], seen)
            np.add.at(count, tracks.point_idx[rows], 1)
        report(done, len(frames))
    return None if tracks is None else np.rint(total / np.maximum(count, 1)[:, None]).astype(np.uint8)


def _model(
    run: Run,
    frames: NDArray[np.int64],
    tracks: PointTracks | None,
    colors: NDArray[np.uint8] | None,
    max_points: int | None,
) -> ColmapModel:
    cameras = (run.intrinsics,) if run.zoom is None else tuple(run.intrinsics_at(int(t)) for t in frames)
    registered = RegisteredFrames(frames=frames, world_from_cam=run.trajectory.world_from_cam[frames], cameras=cameras)
    if tracks is not None and colors is not None:
        return tracked_model(registered, tracks, colors)
    rows = kept_rows(run.cloud.num_points, max_points)
    points, shades = run.cloud.points_world[rows], run.cloud.colors[rows]
    return untracked_model(registered, points, shades)
