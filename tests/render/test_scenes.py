from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.run import Run
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render.colormaps import BLACK, WHITE
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.prepared_world import prepare_world
from l3rocc_studio.render.projection import project
from l3rocc_studio.render.world_parts import WorldPart
from l3rocc_studio.render.world_scene import WorldScene
from l3rocc_studio.render.world_view import with_range

SIZE = (240, 180)


@pytest.fixture
def world():
    scene = WorldScene()
    scene.set_background(BLACK)
    with OffscreenView(scene, *SIZE) as view:
        yield scene, view
    scene.close()


@pytest.fixture
def occupancy():
    scene = OccupancyScene()
    scene.set_background(BLACK)
    with OffscreenView(scene, *SIZE) as view:
        yield scene, view
    scene.close()


@pytest.fixture
def remembering_run(room_run, monkeypatch):
    """A run whose every frame remembers a block of voxels in front of the camera that it does not see now."""
    shape = room_run.occupancy.grid.shape
    block = np.stack(np.meshgrid(*(np.arange(4) + size // 2 - 6 for size in shape), indexing="ij")).reshape(3, -1)
    remembered = np.ravel_multi_index(tuple(block), shape).astype(np.int32)
    monkeypatch.setattr(room_run.occupancy, "history", lambda *_args: remembered)
    return room_run


def is_close(picture: np.ndarray, color, tolerance: int = 40) -> np.ndarray:
    return (np.abs(picture.astype(int) - color) <= tolerance).all(axis=-1)


def with_cloud(run: Run, points: np.ndarray, color, first_frame: np.ndarray) -> Run:
    n = len(points)
    cloud = PointCloud(
        points_world=points.astype(np.float32),
        colors=np.tile(np.array(color, dtype=np.uint8), (n, 1)),
        confidence=np.ones(n, dtype=np.float32),
        first_frame=first_frame.astype(np.int32),
    )
    return dataclasses.replace(run, cloud=cloud)


def front_wall(num: int = 4000) -> np.ndarray:
    """Points on the plane z = 2 in front of the first camera of the test room."""
    rng = np.random.default_rng(0)
    return np.column_stack([rng.uniform(-1, 1, (num, 2)), np.full(num, 2.0)])


def look(eye, target) -> CameraPose:
    return CameraPose(position=eye, focal_point=target, view_up=(0.0, -1.0, 0.0))


@pytest.mark.parametrize("background", [BLACK, WHITE])
def test_an_empty_world_shows_a_floor(background, world):
    scene, view = world
    scene.set_background(background)
    picture = view.draw()
    assert 0.01 < (picture != picture[0, 0]).any(axis=-1).mean() < 0.5


def test_an_empty_occupancy_panel_shows_the_grid(occupancy):
    _, view = occupancy
    assert (view.draw().max(axis=-1) > 20).mean() > 0.01


def test_the_cloud_is_drawn_where_it_is_in_its_colour(world, room_run):
    scene, view = world
    scene.set_run(with_cloud(room_run, front_wall(), (30, 200, 60), np.zeros(4000)))
    scene.set_view(ViewKind.FREE)
    scene.set_camera_pose(look((0.0, 0.0, -4.0), (0.0, 0.0, 2.0)))
    picture = view.draw()
    green = is_close(picture, (30, 200, 60))
    # The wall spans a third of the view's height: 2 / (2 * 6 * tan 20 degrees) = 0.458 of it.
    rows = np.flatnonzero(green.any(axis=1))
    assert np.ptp(rows) == pytest.approx(0.458 * SIZE[1], abs=6)
    assert rows.mean() == pytest.approx(SIZE[1] / 2, abs=4)


def test_a_wall_vanishes_from_behind_unless_wanted(world, room_run):
    scene, view = world
    scene.set_run(with_cloud(room_run, front_wall(), (30, 200, 60), np.zeros(4000)))
    scene.set_view(ViewKind.FREE)
    scene.set_camera_pose(look((0.0, 0.0, 8.0), (0.0, 0.0, 2.0)))
    assert is_close(view.draw(), (30, 200, 60)).mean() < 0.02
    scene.set_look(dataclasses.replace(scene.look, hides_backs=False))
    assert is_close(view.draw(), (30, 200, 60)).mean() > 0.1


def test_the_cloud_grows_with_time_if_wanted(world, room_run):
    scene, view = world
    frames = np.repeat([0, 3], 2000)
    points = front_wall()
    points[:, 0] = np.where(frames == 0, -np.abs(points[:, 0]), np.abs(points[:, 0]))
    scene.set_run(with_cloud(room_run, points, (30, 200, 60), frames))
    scene.set_view(ViewKind.FREE)
    scene.set_camera_pose(look((0.0, 0.0, -4.0), (0.0, 0.0, 2.0)))
    scene.set_look(dataclasses.replace(scene.look, is_growing=True))
    counts = []
    for frame_idx in (0, 2, 3):
        scene.show_frame(frame_idx)
        counts.append(is_close(view.draw(), (30, 200, 60)).sum())
    assert counts[0] == pytest.approx(counts[1], rel=0.1)
    assert counts[2] > 1.6 * counts[1]
    scene.set_look(dataclasses.replace(scene.look, is_growing=False))
    scene.show_frame(0)
    assert is_close(view.draw(), (30, 200, 60)).sum() == pytest.approx(counts[2], rel=0.1)


def test_gods_eye_shows_cloud_path_and_head(world, room_run):
    scene, view = world
    scene.set_run(room_run, prepare_world(room_run))
    scene.show_frame(3)
    picture = view.draw().astype(int)
    assert ((picture[..., 0] > 150) & (picture[..., 1] < 90) & (picture[..., 2] < 90)).sum() > 10
    assert ((picture[..., 2] > 140) & (picture[..., 0] < 90)).sum() > 5
    assert (picture.max(axis=-1) > 60).mean() > 0.3


@pytest.mark.parametrize("kind", [ViewKind.GODS_EYE, ViewKind.TOP, ViewKind.SIDE])
def test_standing_views_show_the_whole_range_box_along_the_way(kind, world, room_run):
    scene, view = world
    scene.set_run(room_run)
    scene.set_view(kind)
    plain = scene.camera_pose()
    scene.range_box.set_range((-6.0, -4.0, -0.5, 6.0, 4.0, 9.0), 0.1)
    scene.set_range_visible(is_visible=True)
    view.draw()
    corners = scene.range_box.corners_along(room_run.trajectory.world_from_cam)
    assert corners.shape == (8 * room_run.num_frames, 3)
    pixels, depths = project(scene.renderer, corners)
    assert (depths > 0).all()
    assert (pixels >= 0).all() and (pixels <= SIZE).all()
    scene.set_range_visible(is_visible=False)
    np.testing.assert_allclose(scene.camera_pose().position, plain.position)


def test_a_range_that_leaves_the_cameras_out_does_not_push_their_signs_out_of_the_picture(world, room_run):
    scene, _view = world
    scene.set_run(room_run)
    scene.range_box.set_range((-0.1, -0.1, 2.0, 0.1, 0.1, 2.1), 0.1)
    scene.set_range_visible(is_visible=True)
    trajectory = room_run.trajectory
    shown = with_range(scene.scene_frame, trajectory, scene.range_box).beside
    signs, corners = scene.scene_frame.beside, scene.range_box.corners_along(trajectory.world_from_cam)
    assert len(signs) > 0 and np.array_equal(shown, np.concatenate([signs, corners]))


def test_the_head_moves_with_the_frame(world, room_run):
    scene, view = world
    scene.set_run(room_run)
    pictures = []
    for frame_idx in (0, 5, 0):
        scene.show_frame(frame_idx)
        pictures.append(view.draw())
    assert (pictures[0] != pictures[1]).any(axis=-1).sum() > 20
    np.testing.assert_array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("kind", [ViewKind.FOLLOW, ViewKind.FIRST_PERSON])
def test_moving_views_move_with_the_frame(kind, world, room_run):
    scene, _ = world
    scene.set_run(room_run)
    scene.set_view(kind)
    before = scene.camera_pose().position
    scene.show_frame(room_run.num_frames - 1)
    assert scene.camera_pose().position != before


def test_the_coarse_level_looks_like_the_full_one(world, room_run):
    scene, view = world
    scene.set_run(room_run)
    full = view.draw().astype(float)
    scene.set_detail(Detail.COARSE)
    coarse = view.draw().astype(float)
    assert np.abs(full - coarse).mean() < 12


def test_world_occupancy_adds_dark_cubes_as_time_goes_on(world, room_run):
    scene, view = world
    scene.set_run(room_run)
    without = view.draw()
    scene.set_look(dataclasses.replace(scene.look, has_occupancy=True))
    changed = []
    for frame_idx in (0, room_run.num_frames - 1):
        scene.show_frame(frame_idx)
        picture = view.draw()
        changed.append(((picture != without).any(axis=-1) & (picture.max(axis=-1) < 100)).sum())
    assert 0 < changed[0] <= changed[1]
    scene.show_frame(0)
    scene.set_look(dataclasses.replace(scene.look, has_occupancy=False))
    np.testing.assert_array_equal(view.draw(), without)


def test_voxels_are_drawn_at_their_place_near_light_far_dark(occupancy, room_run):
    scene, view = occupancy
    scene.set_run(room_run)
    scene.set_look(dataclasses.replace(scene.look, has_history=False))
    scene.show_frame(0)
    picture = view.draw().astype(int)
    grey = np.ptp(picture, axis=-1) < 45
    voxels = grey & (picture.max(axis=-1) > 45)
    assert voxels.mean() > 0.1
    values = picture[voxels].max(axis=-1)
    assert np.quantile(values, 0.95) > 150
    assert np.quantile(values, 0.05) < 110


def test_history_adds_voxels(occupancy, remembering_run):
    scene, view = occupancy
    scene.set_run(remembering_run)
    scene.show_frame(3)
    with_history = view.draw()
    scene.set_look(dataclasses.replace(scene.look, has_history=False))
    assert (view.draw() != with_history).any(axis=-1).sum() > 50


def test_remembered_voxels_beside_seen_ones_are_left_out(occupancy, room_run, monkeypatch):
    scene, view = occupancy
    now = room_run.occupancy.occupied_indices(3)
    monkeypatch.setattr(room_run.occupancy, "history", lambda *_args: np.unique(np.concatenate([now, now[1:] - 1])))
    scene.set_run(room_run)
    scene.show_frame(3)
    with_history = view.draw()
    scene.set_look(dataclasses.replace(scene.look, has_history=False))
    np.testing.assert_array_equal(view.draw(), with_history)


def test_an_unchanged_frame_is_not_built_again(occupancy, room_run, monkeypatch):
    scene, _ = occupancy
    scene.set_run(room_run)
    scene.show_frame(2)
    monkeypatch.setattr(room_run.occupancy, "frame", lambda *_args: pytest.fail("built again"))
    scene.show_frame(2)


def test_a_run_can_be_replaced_and_removed(world, occupancy, room_run):
    for scene, view in (world, occupancy):
        empty = view.draw()
        scene.set_run(room_run)
        shown = view.draw()
        scene.set_run(room_run)
        np.testing.assert_array_equal(view.draw(), shown)
        scene.set_run(None)
        np.testing.assert_array_equal(view.draw(), empty)


def test_the_same_scene_gives_the_same_picture_in_another_window(room_run):
    scene = OccupancyScene()
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(room_run)
        first = view.draw()
    with OffscreenView(scene, *SIZE) as view:
        second = view.draw()
    scene.close()
    np.testing.assert_array_equal(first, second)


def test_a_frame_prepared_elsewhere_is_drawn_the_same_and_a_stale_one_is_made_again(occupancy, remembering_run) -> None:
    scene, view = occupancy
    scene.set_run(remembering_run)
    scene.show_frame(5)
    expected = view.draw()
    scene.show_frame(0)
    prepared = scene.prepare_frame(5, scene.style(Detail.FULL))
    assert prepared is not None
    scene.show_frame(5, prepared)
    assert np.array_equal(view.draw(), expected)
    scene.show_frame(0)
    scene.set_look(dataclasses.replace(scene.look, has_history=False))
    scene.show_frame(5, prepared)
    assert not np.array_equal(view.draw(), expected)
    scene.set_run(None)
    assert scene.prepare_frame(0, scene.style(Detail.FULL)) is None


@pytest.mark.parametrize("hide", [lambda scene: scene.only(WorldPart.WAY), lambda scene: scene.without_background()])
def test_what_is_hidden_for_a_while_comes_back_after_an_error_too(world, room_run, hide) -> None:
    scene, view = world
    scene.set_run(room_run)
    before = view.draw()
    with pytest.raises(ZeroDivisionError), hide(scene), scene.steady_clipping():
        raise ZeroDivisionError
    assert np.array_equal(view.draw(), before)
