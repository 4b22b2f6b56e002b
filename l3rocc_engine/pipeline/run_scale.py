"""A new scale for a finished run: by its settings where its stages are there, else on the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.scale import ScaleEstimate, scale_from_camera_height, scale_from_two_points
from l3rocc_engine.geometry.zoom import frame_rays
from l3rocc_engine.occupancy import occupancy_sequence, world_map
from l3rocc_engine.pipeline.rescale import (
    RescaledPointMaps,
    moved_trajectory,
    rescaled_notes,
    rescaled_scale,
    turned_up,
)
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.reconstruction import ScaleMethod
from l3rocc_engine.run import Run

COARSE_FACTOR = 1.5
"""Growth beyond which a cloud that was made for the old size may let rays through."""

Point = Sequence[float] | NDArray[np.float64]


def settings_with_two_points(run: Run, first: Point, second: Point, distance_m: float) -> PipelineConfig:
    """The run's settings with a scale from two points of its world and their true distance.

    Processing with them redoes cloud and occupancy only; processing with ``run.config`` again takes it back.

    Parameters
    ----------
    run
        Shown now, whatever its scale.
    first, second
        (3,) in the run's world, as picked in its cloud.
    distance_m
        Metres.

    Raises
    ------
    InputError
        The points coincide, or the distance is not positive.
    """
    start, end = np.asarray(first, np.float64), np.asarray(second, np.float64)
    scale_from_two_points(start, end, distance_m)
    model = run.scale.sim3.inverse().apply_points(np.stack([start, end])).ravel().tolist()
    return run.config.with_changes({"scale_points": model, "scale_distance": distance_m, "camera_height": 0.0})


def rescale_by_two_points(
    run: Run,
    first: Point,
    second: Point,
    distance_m: float,
    *,
    save_to: Path | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Run:
    """The run at the size at which two points of its world lie ``distance_m`` apart; see :func:`rescale_run`."""
    estimate = scale_from_two_points(np.asarray(first, np.float64), np.asarray(second, np.float64), distance_m)
    scaled = rescale_run(run, estimate, ScaleMethod.TWO_POINT, save_to=save_to, events=events, cancel=cancel)
    return replace(scaled, config=settings_with_two_points(run, first, second, distance_m))


def rescale_by_camera_height(
    run: Run,
    height_m: float,
    *,
    save_to: Path | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Run:
    """The run at the size at which its camera is typically ``height_m`` above the floor; see :func:`rescale_run`.

    Raises
    ------
    InputError
        The upward direction is not known, or no floor is found.
    """
    if run.world_up is None:
        raise InputError(
            "The upward direction is not known, so the camera's height tells no scale.",
            "Pick two points and give their distance instead.",
        )
    poses = run.trajectory.world_from_cam[~run.trajectory.is_interpolated]
    estimate = scale_from_camera_height(run.cloud.points_world, poses, np.array(run.world_up), height_m)
    scaled = rescale_run(run, estimate, ScaleMethod.CAMERA_HEIGHT, save_to=save_to, events=events, cancel=cancel)
    return replace(scaled, config=run.config.with_changes({"camera_height": height_m, "scale_distance": 0.0}))


def rescale_run(
    run: Run,
    estimate: ScaleEstimate,
    method: ScaleMethod,
    *,
    save_to: Path | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Run:
    """Move cloud, poses and grid of a finished run together, such as one opened from its dataset folder.

    The voxels keep their size in metres, so occupancy is cast anew. The given run is not changed: keeping it is the way
    back. A run that still has its stages is better served by :func:`settings_with_two_points`, which fuses the cloud
    anew for its size.

    Parameters
    ----------
    run
        Any finished run.
    estimate
        Similarity from the run's world as it is to the wanted one.
    method
        Where it comes from.
    save_to
        Folder for the new occupancy's files; in memory, compressed, if not given.
    events, cancel
        Progress (stages ``occupancy`` and ``world``) and the wish to stop.

    Raises
    ------
    Cancelled
        If asked to stop.
    OutputError
        The files cannot be written.
    """
    sim3, cancel = estimate.metres_from_model, cancel or CancelToken()
    cancel.check()
    notes = rescaled_notes(run.record.notes, estimate, method)
    if sim3.scale > COARSE_FACTOR:
        notes = (*notes, _coarse_note(sim3.scale))
    moved = replace(
        run,
        trajectory=moved_trajectory(run.trajectory, sim3),
        scale=rescaled_scale(run.scale, estimate, method),
        cloud=replace(run.cloud, points_world=sim3.apply_points(run.cloud.points_world).astype(np.float32)),
        record=replace(run.record, notes=notes),
        world_up=turned_up(run.world_up, sim3),
        point_maps=RescaledPointMaps(run.point_maps, sim3.scale) if run.point_maps else (),
        tracks=None if run.tracks is None else run.tracks.transformed(sim3),
    )
    return with_occupancy_anew(moved, save_to, events, cancel)


def with_occupancy_anew(run: Run, save_to: Path | None, events: EventSink, cancel: CancelToken) -> Run:
    """The run with the occupancy and the world map that its cloud and its poses make."""
    sequence = occupancy_sequence(
        run.cloud.points_world,
        run.trajectory.world_from_cam,
        frame_rays(run.intrinsics, run.zoom, run.view_rays),
        run.config.grid,
        progress=steps_of(events, "occupancy"),
        cancel=cancel,
        save_to=save_to,
        device=run.config.device,
    )
    world = world_map(sequence, progress=steps_of(events, "world"), cancel=cancel)
    measures = {**run.record.measures, "num_world_voxels": float(len(world.centres_world))}
    return replace(run, occupancy=sequence, world=world, record=replace(run.record, measures=measures))


def _coarse_note(factor: float) -> str:
    return (
        f"The cloud grew by a factor of {factor:.2f} after it was made, so its points may lie too far apart for the "
        "voxels; process the source again for a denser one."
    )
