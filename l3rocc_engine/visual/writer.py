"""Writes the visual format of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.run import Run
from l3rocc_engine.storage.array_stream import write_npy
from l3rocc_engine.storage.atomic import atomic_folder, fsync_path, write_json
from l3rocc_engine.storage.ply import PlyPoints, stream_ply
from l3rocc_engine.storage.replacing import check_folder
from l3rocc_engine.storage.space import SizeForecast, require_space
from l3rocc_engine.visual import layout
from l3rocc_engine.visual.frame_points import FramePoints, LabelledPoints
from l3rocc_engine.visual.layout import Background, VisualOutput

ALL_OUTPUTS = tuple(VisualOutput)
KIND = "a folder of the visual format"
GROWTH = 1.0 + 0.25
"""How many more voxels than a frame and its history hold on average a forecast allows for."""
HEADER_BYTES = 200
SAMPLED_FRAMES = 5


def write_visual(
    run: Run,
    out: Path,
    *,
    outputs: Collection[VisualOutput] = ALL_OUTPUTS,
    background: Background = Background.EACH_FRAME,
    frames: range | None = None,
    overwrite: bool = False,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Path:
    """Write the visual format; the folder appears under its name only when it is complete.

    Parameters
    ----------
    run
        What to write.
    out
        Becomes the folder that holds those of ``outputs``, and ``visual.json``, which says how to read them.
    outputs
        Which of the six folders.
    background
        Whether the cloud stands in each merged file or once beside them.
    frames
        Frame numbers to write; all if None. Files keep the numbers of the run's frames.
    overwrite
        Replace an older folder of the visual format; other folders are never replaced.
    events, cancel
        Progress (stage ``visual``) and the wish to stop.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    ConfigError
        If nothing is to be written, or frames are asked for that the run does not have.
    OutputError
        If ``out`` is in the way, the disk has not enough room, or the folder cannot be written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    chosen = range(run.num_frames) if frames is None else frames
    run.require_frames(chosen)
    if not outputs:
        raise ConfigError("No output of the visual format is chosen.", f"Choose from {_names(ALL_OUTPUTS)}.")
    replaces = check_folder(out, mark=layout.MANIFEST, kind=KIND, overwrite=overwrite)
    forecast = forecast_visual(run, outputs=outputs, background=background, frames=chosen)
    require_space(out, forecast, hint="Store the background once, take fewer frames or outputs, or another disk.")
    points = FramePoints(run, with_background=background is Background.EACH_FRAME)
    with atomic_folder(out, overwrite=replaces) as folder:
        _write_frames(folder, points, chosen, outputs, events, cancel)
        if background is Background.ONCE:
            _write_background(folder, points, run, cancel)
        write_json(folder / layout.MANIFEST, _manifest(run, outputs, background, chosen))
    return out


def forecast_visual(
    run: Run,
    *,
    outputs: Collection[VisualOutput] = ALL_OUTPUTS,
    background: Background = Background.EACH_FRAME,
    frames: range | None = None,
) -> SizeForecast:
    """How much :func:`write_visual` will write, from the occupancy of a few frames; takes a fraction of a second.

    Raises
    ------
    ConfigError
        If frames are asked for that the run does not have.
    """
    chosen = range(run.num_frames) if frames is None else frames
    run.require_frames(chosen)
    at = np.unique(np.linspace(0, len(chosen) - 1, SAMPLED_FRAMES).round().astype(int))
    sampled = [chosen[int(i)] for i in at]
    points = FramePoints(run, with_background=False)
    occupancy_cam = float(np.mean([len(points.occupancy_cam(t).points) for t in sampled]))
    cloud = run.cloud.num_points if background is Background.EACH_FRAME else 0
    num_bytes = 0.0
    for output in outputs:
        # In the world the window is not cut to the grid, so it holds somewhat more.
        rows = occupancy_cam * (GROWTH if output.is_world else 1.0)
        if output.is_merged:
            rows += cloud + run.num_frames
        num_bytes += len(chosen) * (rows * output.row_bytes + HEADER_BYTES)
    if background is Background.ONCE:
        num_bytes += run.cloud.num_points * (28 + 15) + run.num_frames * 128
    extra = 3 if background is Background.ONCE else 0
    return SizeForecast(num_bytes=int(num_bytes), num_files=len(outputs) * len(chosen) + extra + 1)


def _names(outputs: Collection[VisualOutput]) -> str:
    return ", ".join(output.value for output in outputs)


def _write_frames(
    folder: Path,
    points: FramePoints,
    frames: range,
    outputs: Collection[VisualOutput],
    events: EventSink,
    cancel: CancelToken | None,
) -> None:
    report = steps_of(events, "visual")
    for output in outputs:
        (folder / output.value).mkdir()
    report(0, len(frames))
    for done, frame_idx in enumerate(frames, start=1):
        _write_frame(folder, points, frame_idx, outputs, cancel)
        report(done, len(frames))


def _write_frame(
    folder: Path,
    points: FramePoints,
    frame_idx: int,
    outputs: Collection[VisualOutput],
    cancel: CancelToken | None,
) -> None:
    """All files of one frame; points that two files share are made once."""
    makers: dict[tuple[bool, bool], Callable[[int], LabelledPoints]] = {
        (False, False): points.occupancy_cam,
        (True, False): points.merged_cam,
        (True, True): points.merged_world,
    }
    for (is_merged, is_world), make in makers.items():
        wanted = [o for o in outputs if (o.is_merged, o.is_world) == (is_merged, is_world)]
        if not wanted:
            continue
        if cancel is not None:
            cancel.check()
        made = make(frame_idx)
        for output in wanted:
            path = folder / output.value / output.file_name(frame_idx)
            if output.is_npy:
                _write_npy(path, made.table(with_colors=is_world), cancel)
            else:
                _write_ply(path, made, cancel)


def _write_npy(path: Path, table: NDArray[np.generic], cancel: CancelToken | None) -> None:
    with path.open("wb") as stream:
        write_npy(stream, table, cancel)
    fsync_path(path)  # at once, lest gigabytes are flushed at the end, where nobody can stop it


def _write_ply(path: Path, made: LabelledPoints, cancel: CancelToken | None) -> None:
    with path.open("wb") as stream:
        stream_ply(stream, PlyPoints(points=made.points, colors=made.colors), cancel=cancel)
    fsync_path(path)


def _write_background(folder: Path, points: FramePoints, run: Run, cancel: CancelToken | None) -> None:
    cloud = points.background_world()
    _write_npy(folder / layout.BACKGROUND_NPY, cloud.table(with_colors=True), cancel)
    _write_ply(folder / layout.BACKGROUND_PLY, cloud, cancel)
    _write_npy(folder / layout.POSES, run.trajectory.world_from_cam, cancel)


def _manifest(run: Run, outputs: Collection[VisualOutput], background: Background, frames: range) -> dict[str, object]:
    """What a reader must know and the original's files do not say."""
    grid = run.config.grid
    return {
        "format": "l3rocc visual",
        "version": layout.VERSION,
        "outputs": [output.value for output in outputs],
        "frames": {"first": frames.start, "last": frames[-1], "step": frames.step},
        "background": background.value,
        "background_files": [layout.BACKGROUND_NPY, layout.BACKGROUND_PLY, layout.POSES]
        if background is Background.ONCE
        else [],
        "labels": {"background": layout.BACKGROUND, "path": layout.PATH, "occupancy": layout.OCCUPANCY},
        "columns": {"cam": ["x", "y", "z", "label"], "world": ["x", "y", "z", "r", "g", "b", "label"]},
        "camera_axes": "x right, y down, z forward",
        "unit": "metre" if run.scale.is_metric else "model unit",
        "world": {"up_vector": None if run.world_up is None else list(run.world_up)},
        "grid": {"range": list(grid.pc_range), "voxel_size": grid.voxel_size, "shape": list(grid.shape)},
        "history": {"length": run.config.history_len, "step": run.config.history_step},
    }
