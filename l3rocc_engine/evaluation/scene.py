"""A whole reconstruction of the bundled clip against its truth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.fuse import fuse_point_maps
from l3rocc_engine.errors import InputError
from l3rocc_engine.evaluation.cloud import CloudError, compare_clouds
from l3rocc_engine.evaluation.depth import DepthError, compare_depth, resample_depth
from l3rocc_engine.evaluation.occupancy import OccupancyError, Voxels, compare_voxels, voxelise
from l3rocc_engine.evaluation.trajectory import TrajectoryError, align_by_poses, compare_trajectories
from l3rocc_engine.geometry.intrinsics import visibility_rays
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.occupancy import GridSpec, occupancy_sequence
from l3rocc_engine.reconstruction import PointMap, Reconstruction
from l3rocc_engine.sample import SampleTruth

VOXEL_M = 0.05
MIN_HITS = 3
FRAME_STEP = 10
_GRID = GridSpec(voxel_size=VOXEL_M)


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneError:
    """Every error of one reconstruction, after the one similarity that fits its cameras to the true ones.

    Attributes
    ----------
    trajectory
        All frames, interpolated poses included; aligned by centres alone, as is the custom.
    depth
        All keyframes.
    world
        Voxels of 5 cm that hold three points or more, fixed in the world. They are laid out along the axes of the first
        camera: along the walls, every wall would lie exactly between two voxels.
    egocentric
        Visible-occupied voxels of 5 cm in the default range, every tenth frame.
    cloud
        The fused cloud.
    focal_ratio
        Estimated over true focal length.
    """

    trajectory: TrajectoryError
    depth: DepthError
    world: OccupancyError
    egocentric: OccupancyError
    cloud: CloudError
    focal_ratio: float


def compare_scene(reconstruction: Reconstruction, truth: SampleTruth, *, min_confidence: float) -> SceneError:
    """Measure a reconstruction of the bundled clip.

    Parameters
    ----------
    reconstruction
        Of the same frames as the truth.
    truth
        From :func:`l3rocc_engine.sample.load_sample_truth`.
    min_confidence
        Points below do not count, as in a run.

    Raises
    ------
    InputError
        If the numbers of frames differ or nothing was reconstructed.
    """
    path = compare_trajectories(reconstruction.trajectory.world_from_cam, truth.world_from_cam)
    aligned = align_reconstruction(
        reconstruction, align_by_poses(reconstruction.trajectory.world_from_cam, truth.world_from_cam)
    )
    cloud = fuse_point_maps(aligned, _GRID, min_confidence=min_confidence)
    return SceneError(
        trajectory=path,
        depth=compare_depth(_depth_pairs(aligned, truth, min_confidence)),
        world=compare_voxels([_world_voxels(aligned, truth, min_confidence)]),
        egocentric=compare_voxels(_egocentric_pairs(aligned, cloud.points_world, truth)),
        cloud=compare_clouds(cloud.points_world, truth.points_world, truth.normals_world),
        focal_ratio=reconstruction.intrinsics.fx_px / truth.intrinsics.fx_px,
    )


def align_reconstruction(reconstruction: Reconstruction, true_from_estimated: Sim3) -> Reconstruction:
    """The same reconstruction moved by a similarity: poses, and the depths of all point maps."""
    trajectory = dataclasses.replace(
        reconstruction.trajectory,
        world_from_cam=true_from_estimated.apply_poses(reconstruction.trajectory.world_from_cam),
    )
    maps = _ScaledMaps(reconstruction.point_maps, true_from_estimated.scale)
    return dataclasses.replace(reconstruction, trajectory=trajectory, point_maps=maps)


class _ScaledMaps(Sequence[PointMap]):
    """Point maps made larger or smaller as they are asked for."""

    def __init__(self, maps: Sequence[PointMap], scale: float) -> None:
        self._maps, self._scale = maps, np.float32(scale)

    def __len__(self) -> int:
        return len(self._maps)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        found = self._maps[index]
        if isinstance(index, slice):
            return [self._scaled(item) for item in found]
        return self._scaled(found)

    def _scaled(self, point_map: PointMap) -> PointMap:
        return dataclasses.replace(point_map, points_cam=point_map.points_cam * self._scale)


def _depth_pairs(
    aligned: Reconstruction, truth: SampleTruth, min_confidence: float
) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
    width, height = truth.depth_size_px
    for point_map in aligned.point_maps:
        depth = np.where(point_map.confidence >= min_confidence, point_map.points_cam[..., 2], np.nan)
        yield resample_depth(depth, width, height), truth.depth_m(point_map.frame_idx)


def _world_voxels(aligned: Reconstruction, truth: SampleTruth, min_confidence: float) -> tuple[Voxels, Voxels]:
    points = []
    for point_map in aligned.point_maps:
        is_kept = (point_map.confidence >= min_confidence) & np.isfinite(point_map.points_cam[..., 2])
        world_from_cam = aligned.trajectory.world_from_cam[point_map.frame_idx]
        points.append(transform(world_from_cam, point_map.points_cam[is_kept]))
    if not points:
        raise InputError("The reconstruction has no point maps.")
    axes = invert(truth.world_from_cam[0])
    estimated = voxelise(transform(axes, np.concatenate(points)), VOXEL_M, min_hits=MIN_HITS)
    return estimated, voxelise(transform(axes, truth.points_world), VOXEL_M, min_hits=MIN_HITS)


def _egocentric_pairs(
    aligned: Reconstruction, points_world: NDArray[np.float32], truth: SampleTruth
) -> Iterator[tuple[Voxels, Voxels]]:
    rays = visibility_rays(truth.intrinsics, 160 * 120)
    chosen = slice(0, truth.num_frames, FRAME_STEP)
    estimated = occupancy_sequence(points_world, aligned.trajectory.world_from_cam[chosen], rays, _GRID)
    true = occupancy_sequence(truth.points_world, truth.world_from_cam[chosen], rays, _GRID)
    for t in range(len(truth.world_from_cam[chosen])):
        yield _cells(estimated.frame(t).occupied), _cells(true.frame(t).occupied)


def _cells(flat: NDArray[np.int32]) -> Voxels:
    return np.stack(np.unravel_index(flat.astype(np.int64), _GRID.shape), axis=1)
