"""The compiled paths against the reference, and single cases that are easy to get wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.occupancy import FrameOccupancy, GridSpec, OccupancySequence, occupancy_sequence
from l3rocc_engine.occupancy.casters import BeamCaster, PlainCaster
from l3rocc_engine.occupancy.casting import choose_caster
from l3rocc_engine.occupancy.cells import sort_points
from l3rocc_engine.occupancy.ray_tables import ray_tables
from l3rocc_engine.progress import CancelToken
from tests.engine.occupancy.reference import frame_occupancy
from tests.engine.occupancy.scenes import Scene, cases, scenes

CUBE = GridSpec(pc_range=(-4.0, -4.0, -4.0, 4.0, 4.0, 4.0), voxel_size=1.0)
NO_POINTS = np.zeros((0, 3), np.float32)
HERE = np.eye(4)[None]


def flat(x: int, y: int, z: int, grid: GridSpec = CUBE) -> int:
    return int(np.ravel_multi_index((x, y, z), grid.shape))


def cast(points, rays, grid=CUBE, poses=HERE):
    sequence = occupancy_sequence(np.array(points, np.float32).reshape(-1, 3), poses, np.array(rays, np.float32), grid)
    return sequence.frame(0)


@settings(max_examples=cases(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes())
def test_no_voxel_differs_from_the_reference(scene: Scene) -> None:
    occupied, mask = frame_occupancy(scene.points, scene.poses[0], scene.rays, scene.grid)
    tables = ray_tables(scene.rays, scene.grid, 1)
    assert tables is not None
    for caster in (
        PlainCaster(scene.points, scene.poses, scene.rays, scene.grid),
        BeamCaster(sort_points(scene.points, scene.grid), scene.poses, tables, scene.grid),
    ):
        indices, packed = caster.cast(0)
        assert packed.tolist() == mask.tolist()
        assert indices.tolist() == occupied.tolist()


@settings(max_examples=cases(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(num_frames=3))
def test_two_frames_side_by_side_are_those_cast_alone(scene: Scene) -> None:
    tables = ray_tables(scene.rays, scene.grid, 1)
    assert tables is not None
    beams = BeamCaster(sort_points(scene.points, scene.grid), scene.poses, tables, scene.grid)
    plain = PlainCaster(scene.points, scene.poses, scene.rays, scene.grid)
    for first, count in ((0, 2), (1, 2), (2, 1)):
        seen = [(indices.tolist(), mask.tolist()) for indices, mask in beams.cast_pair(first, count)]
        alone = [plain.cast(frame_idx) for frame_idx in range(first, first + count)]
        assert seen == [(indices.tolist(), mask.tolist()) for indices, mask in alone]


def test_a_ray_sees_up_to_the_first_point() -> None:
    frame = cast([[0.5, 0.5, 2.5], [0.5, 0.5, 3.5]], [[0.1, 0.1, 1.0]])
    assert frame.occupied.tolist() == [flat(4, 4, 6)]
    assert frame.visible.tolist() == [flat(4, 4, 4), flat(4, 4, 5), flat(4, 4, 6)]
    assert frame.free.tolist() == [flat(4, 4, 4), flat(4, 4, 5)]


def test_upper_faces_are_outside_and_lower_ones_inside() -> None:
    frame = cast([[0.5, 0.5, 4.0], [-4.0, -0.5, -0.5]], [[0.1, 0.1, 1.0], [-1.0, -0.1, -0.1]])
    assert frame.occupied.tolist() == [flat(0, 3, 3)]


def test_voxels_that_touch_the_camera_are_seen_but_never_block() -> None:
    points = [[sx * 0.5, sy * 0.5, sz * 0.5] for sx in (-1, 1) for sy in (-1, 1) for sz in (-1, 1)]
    frame = cast(points, [[0.1, 0.1, 1.0], [-0.1, -0.1, -1.0]])
    assert frame.occupied.tolist() == [flat(3, 3, 3), flat(4, 4, 4)]
    assert flat(4, 4, 7) in frame.visible and flat(3, 3, 0) in frame.visible


def test_a_diagonal_ray_does_not_slip_between_two_voxels() -> None:
    frame = cast([[1.5, 0.5, 0.5], [0.5, 0.5, 1.5]], [[1.0, 0.0, 1.0]])
    assert frame.occupied.tolist() == [flat(4, 4, 5)]
    assert len(frame.visible) == 2


def test_a_camera_outside_sees_only_what_its_rays_enter() -> None:
    ahead = GridSpec(pc_range=(-1.0, -1.0, 2.0, 1.0, 1.0, 4.0), voxel_size=1.0)
    frame = cast([[0.5, 0.5, 3.5]], [[0.1, 0.1, 1.0], [5.0, 0.0, 1.0], [0.0, 0.0, -1.0]], ahead)
    assert frame.occupied.tolist() == [flat(1, 1, 1, ahead)]
    assert frame.visible.tolist() == [flat(1, 1, 0, ahead), flat(1, 1, 1, ahead)]


@pytest.mark.parametrize("rays", [np.zeros((0, 3)), np.zeros((5, 3)), np.full((5, 3), np.nan)])
def test_rays_without_direction_see_nothing(rays: np.ndarray) -> None:
    frame = cast([[0.5, 0.5, 0.5]], rays)
    assert len(frame.visible) == len(frame.occupied) == 0


def test_no_points_leave_everything_free() -> None:
    frame = cast(NO_POINTS, [[0.1, 0.1, 1.0]])
    assert len(frame.occupied) == 0 and len(frame.visible) == 4


def test_no_frames_give_an_empty_sequence() -> None:
    sequence = occupancy_sequence(NO_POINTS, np.zeros((0, 4, 4)), np.ones((1, 3), np.float32), CUBE)
    assert sequence.num_frames == 0
    assert sequence.occupied.shape == (0, 512)
    assert sequence.visible_packed.shape == (0, 64)


def test_frames_come_in_order_while_later_ones_are_made() -> None:
    points = np.random.default_rng(0).uniform(-4, 4, (100, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (20, 1, 1))
    poses[:, 0, 3] = np.linspace(0, 2, 20)
    rays = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    growing: list[OccupancySequence] = []
    frames: list[FrameOccupancy] = []
    seen_at: list[int] = []

    def look(done: int, _total: int) -> None:
        seen_at.append(done)
        if done:
            frames.append(growing[0].frame(done - 1))

    sequence = occupancy_sequence(points, poses, rays, CUBE, on_start=growing.append, progress=look, threads=2)
    assert [frame.frame_idx for frame in frames] == list(range(20))
    assert seen_at == list(range(21))
    for t in (0, 7, 19):
        assert frames[t].occupied.tolist() == sequence.frame(t).occupied.tolist()
        assert frames[t].occluded.tolist() == sequence.frame(t).occluded.tolist()


def test_threads_do_not_change_the_result() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform(-4, 4, (300, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (9, 1, 1))
    poses[:, 0, 3] = np.linspace(0, 1, 9)
    rays = rng.normal(size=(400, 3)).astype(np.float32)
    one, many = (occupancy_sequence(points, poses, rays, CUBE, threads=n) for n in (1, 4))
    assert (one.visible_packed == many.visible_packed).all()
    assert (one.occupied != many.occupied).nnz == 0


@pytest.mark.parametrize(
    ("points", "poses", "rays", "word"),
    [
        (np.zeros((3, 2)), HERE, np.ones((1, 3)), "Points"),
        (NO_POINTS, np.eye(4), np.ones((1, 3)), "Poses"),
        (NO_POINTS, HERE, np.ones(3), "Ray"),
        (NO_POINTS, np.full((1, 4, 4), np.nan), np.ones((1, 3)), "frame 0"),
    ],
)
def test_wrong_input_is_refused_in_words(points, poses, rays, word) -> None:
    with pytest.raises(InputError, match=word):
        occupancy_sequence(points, poses, rays, CUBE)


def test_cancel_stops_between_frames() -> None:
    cancel, done = CancelToken(), []

    def progress(count: int, total: int) -> None:
        done.append((count, total))
        if count == 2:
            cancel.set()

    with pytest.raises(Cancelled):
        occupancy_sequence(
            NO_POINTS, np.tile(HERE, (50, 1, 1)), np.ones((4, 3), np.float32), CUBE, progress=progress, cancel=cancel
        )
    assert done[:3] == [(0, 50), (1, 50), (2, 50)]
    assert len(done) < 10


def test_large_tables_give_way_to_the_plain_path() -> None:
    rays = np.random.default_rng(5).normal(size=(200, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (3, 1, 1))
    points = np.random.default_rng(6).uniform(-4, 4, (50, 3)).astype(np.float32)
    plain = choose_caster(points, poses, rays, CUBE, 1, max_table_bytes=100)
    beams = choose_caster(points, poses, rays, CUBE, 1)
    assert (type(plain), type(beams)) == (PlainCaster, BeamCaster)
    assert [a.tolist() for a in plain.cast(1)] == [b.tolist() for b in beams.cast(1)]


def test_points_too_far_for_float32_are_all_looked_at() -> None:
    grid = GridSpec(pc_range=(-1.0, -1.0, -1.0, 1.0, 1.0, 1.0), voxel_size=0.1)
    poses = np.tile(np.eye(4), (3, 1, 1))
    poses[:, :3, 3] = 2e5
    rng = np.random.default_rng(8)
    points = (2e5 + rng.uniform(-1, 1, (500, 3))).astype(np.float32)
    rays = rng.normal(size=(300, 3)).astype(np.float32)
    caster = choose_caster(points, poses, rays, grid, 1)
    assert isinstance(caster, BeamCaster)
    occupied, mask = frame_occupancy(points, poses[1], rays, grid)
    indices, packed = caster.cast(1)
    assert indices.tolist() == occupied.tolist()
    assert packed.tolist() == mask.tolist()


def test_points_all_over_the_world_do_not_need_a_dense_box_of_cells() -> None:
    rng = np.random.default_rng(9)
    points = np.concatenate([rng.uniform(-4, 4, (80, 3)), rng.normal(0, 1e5, (400, 3)), [[3e38, -3e38, 1.0]]])
    rays = rng.normal(size=(300, 3)).astype(np.float32)
    caster = choose_caster(points.astype(np.float32), np.tile(np.eye(4), (3, 1, 1)), rays, CUBE, 1)
    occupied, mask = frame_occupancy(points.astype(np.float32), np.eye(4), rays, CUBE)
    indices, packed = caster.cast(2)
    assert len(occupied) and indices.tolist() == occupied.tolist()
    assert packed.tolist() == mask.tolist()
