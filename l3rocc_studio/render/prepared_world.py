"""A run made ready for the world scene; no renderer is touched, so any thread may do it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.render.camera_layers import PreparedCameras, prepare_cameras, prepare_way
from l3rocc_studio.render.cloud_measures import CloudMeasures, measure_cloud
from l3rocc_studio.render.point_levels import PreparedCloud, prepare_cloud
from l3rocc_studio.render.scene_frame import SceneFrame, measure_scene
from l3rocc_studio.render.trajectory_layer import FRUSTUM_DEPTH, frustum_corners
from l3rocc_studio.render.world_voxel_layer import WorldVoxels, prepare_voxels

if TYPE_CHECKING:
    from l3rocc_engine.cloud.point_cloud import PointCloud
    from l3rocc_engine.geometry.trajectory import Trajectory
    from l3rocc_engine.run import Run

SPLAT_GROWTH = 1.5
"""A drawn point is this much wider than the distance to its neighbour, so that surfaces close."""
GROWTH_SPACING = 0.006
"""Distance between the points of a growing cloud as a share of the scene's radius; nothing better is known yet."""
FITTED_CAMERAS = 48
"""Cameras along the way whose whole sign has a place in a fitted view; the others lie between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedWorld:
    """What the world scene shows.

    Attributes
    ----------
    frame
        Measures for the views.
    cloud
        The points.
    measures
        What colours and filters go by, in order of the run's cloud; None for a growing cloud.
    cameras
        The way and the keyframes; of a growing cloud the way alone.
    voxels
        What was found occupied; None if nothing was.
    """

    frame: SceneFrame
    cloud: PreparedCloud
    measures: CloudMeasures | None = None
    cameras: PreparedCameras | None = None
    voxels: WorldVoxels | None = None


def prepare_world(run: Run, *, is_painted: bool = False) -> PreparedWorld:
    """The slow part of :meth:`WorldScene.set_run`.

    Who paints the pictures of a film fits few views, draws few cubes and shows every point, so that the outermost
    points, meshes and a coarser cloud would take longer than they save.
    """
    last = run.trajectory.num_frames - 1
    seen_from = run.trajectory.centres_world[np.clip(run.cloud.first_frame, 0, last)]
    frame = measure_scene(run.cloud.points_world, run.trajectory, run.world_up, has_hull=not is_painted)
    measures = measure_cloud(run.cloud, run.trajectory, frame.up)
    return PreparedWorld(
        frame=replace(frame, beside=_camera_signs(run, frame.radius)),
        cloud=prepare_cloud(
            run.cloud,
            spacing=run.config.voxel_size,
            splat_growth=SPLAT_GROWTH,
            seen_from=seen_from,
            measures=measures,
            has_coarse=not is_painted,
        ),
        measures=measures,
        cameras=prepare_cameras(run, scene_radius=frame.radius),
        voxels=prepare_voxels(run.world, has_meshes=not is_painted),
    )


def _camera_signs(run: Run, scene_radius: float) -> NDArray[np.float64]:
    """Corners (M, 3) of the frusta drawn along the way, world."""
    poses = run.trajectory.world_from_cam
    some = poses[np.unique(np.linspace(0, len(poses) - 1, FITTED_CAMERAS).astype(int))]
    corners = frustum_corners(run.intrinsics, FRUSTUM_DEPTH * scene_radius)
    return np.asarray(corners @ some[:, :3, :3].transpose(0, 2, 1) + some[:, None, :3, 3]).reshape(-1, 3)


def prepare_growth(cloud: PointCloud, trajectory: Trajectory) -> PreparedWorld:
    """A growing cloud in any unit made ready for :meth:`WorldScene.show_growth`."""
    frame = measure_scene(cloud.points_world, trajectory, None)
    seen_from = trajectory.centres_world[cloud.first_frame]
    spacing = GROWTH_SPACING * frame.radius
    return PreparedWorld(
        frame=frame,
        cloud=prepare_cloud(cloud, spacing=spacing, splat_growth=SPLAT_GROWTH, seen_from=seen_from),
        cameras=prepare_way(trajectory, scene_radius=frame.radius),
    )
