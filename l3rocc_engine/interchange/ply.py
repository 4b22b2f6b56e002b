"""The cloud of a run as a binary PLY file for MeshLab, CloudCompare, Open3D and the like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.normals import estimate_normals
from l3rocc_engine.interchange.thinning import kept_rows
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.run import Run
from l3rocc_engine.storage import ply
from l3rocc_engine.storage.replacing import check_new_file
from l3rocc_engine.storage.space import SizeForecast, require_space
from l3rocc_engine.storage.world_comment import WorldComment

NORMAL_NEIGHBOURS = 16
FEWEST_FOR_NORMALS = 3
HEADER_BYTES = 600


def write_ply(
    run: Run,
    path: Path,
    *,
    normals: bool = True,
    max_points: int | None = None,
    overwrite: bool = False,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Path:
    """Write the cloud: position, normal, colour, confidence and first frame of every point, in the world frame.

    CloudCompare finds both numbers as scalar fields, MeshLab the confidence as quality.

    Parameters
    ----------
    run
        Its cloud is written as it is, in the run's world axes and unit; the header's comments name both.
    path
        The .ply to make.
    normals
        Whether to estimate normals; they face the camera that saw the point first.
    max_points
        Keep at most so many points, chosen evenly; all if None.
    overwrite
        Replace the file if it exists.
    events, cancel
        Progress (stages ``normals`` and ``export``) and the wish to stop.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    ConfigError
        If ``max_points`` is not positive.
    OutputError
        If the file is in the way, the disk has not enough room, or it cannot be written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    check_new_file(path, overwrite=overwrite)
    require_space(path, forecast_ply(run, normals=normals, max_points=max_points))
    cloud = run.cloud
    rows = kept_rows(cloud.num_points, max_points)
    found = facing_normals(run, events, cancel) if normals and cloud.num_points >= FEWEST_FOR_NORMALS else None
    report = steps_of(events, "export")
    report(0, 1)
    points = ply.PlyPoints(
        points=cloud.points_world[rows],
        normals=None if found is None else found[rows],
        colors=cloud.colors[rows],
        confidence=cloud.confidence[rows],
        first_frame=cloud.first_frame[rows],
        quality=cloud.confidence[rows],  # MeshLab takes a `confidence` for something else, and this before it
    )
    ply.write_ply(path, points, comment=describe_world(run), scalar_prefix=ply.SHOWN_PREFIX, cancel=cancel)
    report(1, 1)
    return path


def forecast_ply(run: Run, *, normals: bool = True, max_points: int | None = None) -> SizeForecast:
    """How much :func:`write_ply` will write.

    Raises
    ------
    ConfigError
        If ``max_points`` is not positive.
    """
    num_points = len(kept_rows(run.cloud.num_points, max_points))
    per_point = 12 + 3 + 4 + 4 + 4 + (12 if normals else 0)
    return SizeForecast(num_bytes=num_points * per_point + HEADER_BYTES, num_files=1, is_exact=True)


def describe_world(run: Run) -> str:
    """Unit, axes and upward direction of the run's world, one line each."""
    unit = "metre" if run.scale.is_metric else "model unit, the true size is not known"
    return WorldComment(run=run.source.name, unit=unit, up=run.world_up).text


def facing_normals(run: Run, events: EventSink, cancel: CancelToken | None) -> NDArray[np.float32]:
    """Unit normals (N, 3) float32 of the cloud's points, towards the camera that saw each of them first."""
    report = steps_of(events, "normals")
    report(0, 1)
    frames = np.clip(run.cloud.first_frame, 0, run.num_frames - 1)
    normals = estimate_normals(
        run.cloud.points_world,
        run.trajectory.centres_world[frames],
        num_neighbours=NORMAL_NEIGHBOURS,
        cancel=cancel,
    )
    report(1, 1)
    return normals
