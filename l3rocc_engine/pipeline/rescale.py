"""Bring a reconstruction of unknown size to metres, where something tells its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.unknown_scale import UNKNOWN_SCALE_NOTE
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError, ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.scale import ScaleEstimate, scale_from_camera_height, scale_from_path, scale_from_two_points
from l3rocc_engine.geometry.se3 import transform
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.reconstruction import PointMap, Reconstruction, Scale, ScaleMethod

POINTS_PER_KEYFRAME = 2000
NORMAL_REACH = 100
"""Pictures are this many times wider than the distance over which a surface's slope is measured."""
MAX_SLOPE_DEG = 30.0
"""Between a surface and the horizontal, above which it is no floor."""
HEIGHT_UNUSED_NOTE = (
    "The camera's height is not used, since the poses that came with the source are metric already; two points and "
    "their distance change the scale all the same."
)
_SCALE_NOTE = "The scale comes from"


def brought_to_metres(
    reconstruction: Reconstruction, source: FrameSource, config: PipelineConfig, cancel: CancelToken
) -> Reconstruction:
    """The reconstruction in metres if the settings or the source tell its size, else as it is.

    What the settings say comes first, since it was asked for: two points and their distance, which hold for a world
    that is metric already as well, or the camera's height; then the path that the source brings.

    Raises
    ------
    ReconstructionError
        The camera's height was given, but no floor is found.
    """
    if config.scale_distance > 0:
        first, second = reconstruction.scale.sim3.apply_points(np.reshape(config.scale_points, (2, 3)))
        return rescaled(
            reconstruction, scale_from_two_points(first, second, config.scale_distance), ScaleMethod.TWO_POINT
        )
    if reconstruction.scale.is_metric:
        notes = (*reconstruction.notes, HEIGHT_UNUSED_NOTE) if config.camera_height > 0 else reconstruction.notes
        return replace(reconstruction, notes=notes)
    if config.camera_height > 0:
        try:
            return rescaled(reconstruction, _from_height(reconstruction, config, cancel), ScaleMethod.CAMERA_HEIGHT)
        except InputError as error:
            raise ReconstructionError(error.message, error.hint) from error
    if source.cameras is None:
        return reconstruction
    observed = ~reconstruction.trajectory.is_interpolated
    poses, given = reconstruction.trajectory.world_from_cam, source.cameras.trajectory.world_from_cam
    try:
        estimate = scale_from_path(poses[observed], given[observed])
    except InputError as error:
        return replace(
            reconstruction, notes=(*reconstruction.notes, f"The source's poses set no scale: {error.message}")
        )
    return rescaled(reconstruction, estimate, ScaleMethod.GROUND_TRUTH)


def rescaled(reconstruction: Reconstruction, estimate: ScaleEstimate, method: ScaleMethod) -> Reconstruction:
    """Move poses, points and the upward direction together; point maps are still read one at a time."""
    sim3 = estimate.metres_from_model
    tracks = reconstruction.tracks
    return replace(
        reconstruction,
        point_maps=RescaledPointMaps(reconstruction.point_maps, sim3.scale),
        trajectory=moved_trajectory(reconstruction.trajectory, sim3),
        scale=rescaled_scale(reconstruction.scale, estimate, method),
        world_up=turned_up(reconstruction.world_up, sim3),
        tracks=None if tracks is None else tracks.transformed(sim3),
        notes=rescaled_notes(reconstruction.notes, estimate, method),
    )


def moved_trajectory(trajectory: Trajectory, a_from_world: Sim3) -> Trajectory:
    """The same path in world ``a``."""
    return Trajectory(
        world_from_cam=a_from_world.apply_poses(trajectory.world_from_cam),
        timestamps_s=trajectory.timestamps_s,
        is_interpolated=trajectory.is_interpolated,
    )


def turned_up(up: tuple[float, float, float] | None, a_from_world: Sim3) -> tuple[float, float, float] | None:
    """The upward direction in world ``a``, where it is known."""
    if up is None:
        return None
    x, y, z = (a_from_world.rotation @ up).tolist()
    return x, y, z


def rescaled_scale(scale: Scale, estimate: ScaleEstimate, method: ScaleMethod) -> Scale:
    """All that was applied since the backend's own world, as one similarity."""
    return Scale(sim3=estimate.metres_from_model.after(scale.sim3), method=method, residual=estimate.residual_m)


def rescaled_notes(notes: tuple[str, ...], estimate: ScaleEstimate, method: ScaleMethod) -> tuple[str, ...]:
    """What is said of a run, with the new scale in place of what was said of the old one."""
    kept = (note for note in notes if note != UNKNOWN_SCALE_NOTE and not note.startswith(_SCALE_NOTE))
    return (*kept, _describe(estimate, method), *estimate.notes)


def _describe(estimate: ScaleEstimate, method: ScaleMethod) -> str:
    origin = {
        ScaleMethod.GROUND_TRUTH: "the source's own camera path",
        ScaleMethod.CAMERA_HEIGHT: "the camera's height above the floor",
        ScaleMethod.TWO_POINT: "the distance of two points",
    }[method]
    left = "" if estimate.residual_m is None else f", {100 * estimate.residual_m:.1f} cm are left"
    return f"{_SCALE_NOTE} {origin}: one model unit is {estimate.metres_from_model.scale:.4g} m{left}."


def _from_height(reconstruction: Reconstruction, config: PipelineConfig, cancel: CancelToken) -> ScaleEstimate:
    if reconstruction.world_up is None:
        raise InputError(
            "The upward direction is not known, so the camera's height tells no scale.",
            "Hold the camera upright while filming, or leave the height out.",
        )
    up = np.array(reconstruction.world_up)
    points = level_points(reconstruction, up, config.min_confidence, cancel)
    poses = reconstruction.trajectory.world_from_cam[~reconstruction.trajectory.is_interpolated]
    return scale_from_camera_height(points, poses, up, config.camera_height)


def level_points(
    reconstruction: Reconstruction, up: NDArray[np.float64], min_confidence: float, cancel: CancelToken
) -> NDArray[np.float64]:
    """Some trusted points (N, 3) of all keyframes in the world that lie on surfaces across ``up``, not on walls."""
    parts = []
    for point_map in reconstruction.point_maps:
        cancel.check()
        pose = reconstruction.trajectory.world_from_cam[point_map.frame_idx]
        is_good = (point_map.confidence >= min_confidence) & (point_map.confidence > 0)
        is_good &= is_level(point_map.points_cam, pose[:3, :3].T @ up)
        points = point_map.points_cam[is_good]
        points = points[:: max(1, len(points) // POINTS_PER_KEYFRAME)].astype(np.float64)
        parts.append(transform(pose, points))
    return np.concatenate(parts)


def is_level(points_cam: NDArray[np.float32], up_cam: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the surface (H, W, 3) lies across ``up_cam`` (3,); false at the picture's border and next to holes."""
    height, width = points_cam.shape[:2]
    reach = max(1, width // NORMAL_REACH)
    result = np.zeros((height, width), bool)
    if min(height, width) <= 2 * reach:
        return result
    rows, cols = slice(reach, -reach), slice(reach, -reach)
    across = points_cam[rows, 2 * reach :] - points_cam[rows, : -2 * reach]
    down = points_cam[2 * reach :, cols] - points_cam[: -2 * reach, cols]
    normal = np.cross(across, down)
    with np.errstate(invalid="ignore"):
        length = np.linalg.norm(normal, axis=-1)
        result[rows, cols] = np.abs(normal @ up_cam) > np.cos(np.radians(MAX_SLOPE_DEG)) * length
    return result


@dataclass(frozen=True, slots=True)
class RescaledPointMaps(Sequence[PointMap]):
    """Point maps times a factor, each when it is asked for."""

    originals: Sequence[PointMap]
    factor: float

    def __len__(self) -> int:
        """Number of keyframes."""
        return len(self.originals)

    @overload
    def __getitem__(self, index: int) -> PointMap: ...
    @overload
    def __getitem__(self, index: slice) -> RescaledPointMaps: ...
    def __getitem__(self, index: int | slice) -> PointMap | RescaledPointMaps:
        """One keyframe, or a range of them."""
        if isinstance(index, slice):
            return RescaledPointMaps(self.originals[index], self.factor)
        return self._scaled(self.originals[index])

    def __iter__(self) -> Iterator[PointMap]:
        """The keyframes in order."""
        return (self._scaled(point_map) for point_map in self.originals)

    def _scaled(self, point_map: PointMap) -> PointMap:
        return replace(point_map, points_cam=point_map.points_cam * np.float32(self.factor))
