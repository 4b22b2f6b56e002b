"""History, world map and frame access against plain numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.occupancy import (
    GridSpec,
    OccupancySequence,
    VoxelState,
    WorldMap,
    frames_that_saw,
    load_world_map,
    occupancy_sequence,
    warm,
    world_map,
)
from l3rocc_engine.progress import CancelToken
from tests.engine.occupancy.scenes import Scene, cases, scenes


def build(scene: Scene) -> OccupancySequence:
    return occupancy_sequence(scene.points, scene.poses, scene.rays, scene.grid, threads=1)


def moved_history(sequence: OccupancySequence, frame: int, past: list[int]) -> set[int]:
    grid, found = sequence.grid, set()
    for s in past:
        xyz = np.stack(np.unravel_index(sequence.frame(s).occupied, grid.shape), axis=-1)
        centres = grid.origin + (xyz + 0.5) * grid.voxel_size
        world = np.c_[centres, np.ones(len(centres))] @ sequence.world_from_cam[s].T
        here = (world @ np.linalg.inv(sequence.world_from_cam[frame]).T)[:, :3]
        coords = (here - grid.origin) / grid.voxel_size
        # Centres that come to lie on a face may fall to either side; keep what is beyond doubt apart.
        assert (np.abs(coords - np.rint(coords)) > 1e-9).all()
        voxels = np.floor(coords).astype(int)
        voxels = voxels[((voxels >= 0) & (voxels < grid.shape)).all(axis=1)]
        found |= set(np.ravel_multi_index(tuple(voxels.T), grid.shape).tolist())
    return found


@settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(num_frames=7), st.integers(0, 4), st.integers(1, 3), st.integers(0, 6))
def test_history_is_the_union_of_moved_voxels(scene: Scene, length: int, step: int, frame: int) -> None:
    poses = scene.poses.copy()
    poses[1:, :3, 3] += 0.013 * scene.grid.voxel_size  # off the faces
    sequence = occupancy_sequence(scene.points, poses, scene.rays, scene.grid, threads=1)
    past = [frame - k * step for k in range(1, length + 1) if frame - k * step >= 0]
    try:
        expected = moved_history(sequence, frame, past)
    except AssertionError:
        return
    history = sequence.history(frame, length, step)
    assert history.dtype == np.int32
    assert history.tolist() == sorted(expected)


def still(num_frames: int) -> OccupancySequence:
    grid = GridSpec(pc_range=(-1.0, -1.0, 0.0, 1.0, 1.0, 2.0), voxel_size=0.1)
    points = np.random.default_rng(0).uniform(-1, 2, (2000, 3)).astype(np.float32)
    rays = np.random.default_rng(1).uniform(-0.5, 0.5, (300, 3)).astype(np.float32)
    rays[:, 2] = 1
    return occupancy_sequence(points, np.tile(np.eye(4), (num_frames, 1, 1)), rays, grid)


def test_a_camera_that_stands_still_has_its_own_past() -> None:
    sequence = still(5)
    assert sequence.history(4, 10, 1).tolist() == sequence.frame(4).occupied.tolist()
    assert sequence.history(0, 10, 1).size == 0
    assert sequence.history(4, 0, 1).size == 0


def test_the_world_map_of_a_still_camera_is_its_frame() -> None:
    sequence = still(4)
    world = world_map(sequence)
    centres = sequence.grid.centres(sequence.frame(0).occupied)
    order, world_order = np.lexsort(centres.T.round(3)), np.lexsort(world.centres_world.T.round(3))
    np.testing.assert_allclose(world.centres_world[world_order], centres[order], atol=1e-6)
    assert set(world.count.tolist()) == {4}
    assert set(world.first_frame.tolist()) == {0} and set(world.last_frame.tolist()) == {3}


@settings(max_examples=cases(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(num_frames=5))
def test_the_world_map_counts_frames(scene: Scene) -> None:
    sequence = build(scene)
    voxel = scene.grid.voxel_size
    seen: dict[tuple[int, ...], list[int]] = {}
    for t in range(5):
        xyz = np.stack(np.unravel_index(sequence.frame(t).occupied, scene.grid.shape), axis=-1) + 0.5
        pose = sequence.world_from_cam[t]
        coords = xyz @ pose[:3, :3].T + (pose[:3, :3] @ scene.grid.origin + pose[:3, 3]) / voxel
        if (np.abs(coords - np.rint(coords)) < 1e-9).any():
            return
        for key in {tuple(row) for row in np.floor(coords).astype(int).tolist()}:
            seen.setdefault(key, []).append(t)
    world = world_map(sequence)
    keys = [tuple(row) for row in np.rint(world.centres_world / voxel - 0.5).astype(int).tolist()]
    assert len(keys) == len(seen) == world.num_voxels
    for key, count, first, last in zip(keys, world.count, world.first_frame, world.last_frame, strict=True):
        assert (count, first, last) == (len(seen[key]), seen[key][0], seen[key][-1])
    for n, key in list(enumerate(keys))[:: max(1, len(keys) // 8)]:
        point = (np.array(key) + 0.5) * voxel
        assert world.voxel_at(point) == n
        frames = frames_that_saw(sequence, world, point)
        assert frames.dtype == np.int32 and frames.tolist() == seen[key]
    for t in range(-1, 6):
        assert world.num_seen_until(t) == sum(frames[0] <= t for frames in seen.values())


def test_nobody_saw_what_is_not_on_the_map() -> None:
    sequence = still(3)
    world = world_map(sequence)
    assert world.voxel_at(np.array([50.0, 0.0, 0.0])) is None
    assert frames_that_saw(sequence, world, np.array([50.0, 0.0, 0.0])).size == 0
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        frames_that_saw(sequence, world, world.centres_world[0], cancel=cancel)
    with pytest.raises(InputError, match="another occupancy sequence"):
        frames_that_saw(still(2), world, world.centres_world[0])


@pytest.mark.parametrize("voxel", [-1, 8000])
def test_voxels_that_do_not_exist_have_no_state(voxel: int) -> None:
    with pytest.raises(InputError, match="no voxel"):
        still(1).frame(0).state(voxel)


def test_nothing_moves_the_cameras() -> None:
    sequence = still(3)
    world_map(sequence)
    sequence.history(2, 2, 1)
    assert (sequence.world_from_cam == np.eye(4)).all()
    with pytest.raises(ValueError, match="read-only"):
        sequence.world_from_cam[0, 0, 3] = 1.0


def test_a_world_map_survives_its_file(tmp_path: Path) -> None:
    world = world_map(still(2))
    world.save(tmp_path / "all_occ.npz")
    loaded = load_world_map(tmp_path / "all_occ.npz")
    for name in ("centres_world", "count", "first_frame", "last_frame"):
        assert (getattr(loaded, name) == getattr(world, name)).all()
    with np.load(tmp_path / "all_occ.npz") as npz:
        assert npz["data"].dtype == np.float32 and npz["data"].shape == (world.num_voxels, 3)


def test_a_last_frame_box_of_the_original_is_no_world_map(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "all_occ.npz", data=np.zeros((5, 3), np.float32))
    with pytest.raises(InputError, match="not a world map"):
        load_world_map(tmp_path / "all_occ.npz")


def test_a_world_map_must_be_in_order() -> None:
    with pytest.raises(InputError, match="ordered"):
        WorldMap(
            voxel_size=1.0,
            centres_world=np.zeros((2, 3), np.float32),
            count=np.ones(2, np.uint32),
            first_frame=np.array([1, 0], np.int32),
            last_frame=np.array([1, 1], np.int32),
        )


def test_a_trajectory_too_far_from_the_origin_is_refused() -> None:
    near = still(3)
    poses = near.world_from_cam.copy()
    poses[1, 0, 3] = 1e6
    sequence = OccupancySequence(
        grid=near.grid,
        world_from_cam=poses,
        occupied_rows=near.occupied_rows,
        visible_rows=near.visible_rows,
    )
    with pytest.raises(InputError, match="Frame 1"):
        world_map(sequence)


@settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(num_frames=3))
def test_every_voxel_has_one_of_four_states(scene: Scene) -> None:
    sequence = build(scene)
    empty = build(Scene(points=scene.points[:0], poses=scene.poses, rays=scene.rays, grid=scene.grid))
    for t in range(3):
        frame = sequence.frame(t)
        states = [frame.occupied, frame.free, frame.occluded, frame.out_of_view]
        assert np.sort(np.concatenate(states)).tolist() == list(range(scene.grid.num_voxels))
        for voxel in range(0, scene.grid.num_voxels, 1 + scene.grid.num_voxels // 20):
            held = [voxel in state for state in states]
            assert list(VoxelState)[held.index(True)] is frame.state(voxel) and sum(held) == 1
        assert np.union1d(frame.visible, frame.occluded).tolist() == empty.frame(t).visible.tolist()


@pytest.mark.parametrize("frame", [-1, 3])
def test_frames_that_do_not_exist_are_refused(frame: int) -> None:
    sequence = still(3)
    with pytest.raises(InputError, match="no frame"):
        sequence.frame(frame)
    with pytest.raises(InputError, match="no frame"):
        sequence.history(frame, 1, 1)


def test_warming_needs_nothing_and_changes_nothing() -> None:
    assert warm() is None
