from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l3rocc_studio.model.looks import CloudColor, CloudFilter, CloudLook, DepthFrom, PaletteName
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.colormaps import BLACK, PALETTES
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.prepared_world import prepare_world
from l3rocc_studio.render.world_scene import WorldScene
from tests.render.looked_wall import DEPTH, WALL_GREEN, facing_wall, halves, wall_run

SIZE = (240, 180)
BARE = CloudLook(has_path=False, has_camera=False, has_picture=False, hides_backs=False)


@pytest.fixture
def wall(room_run):
    """The wall, all points in its green, and a function that draws it in a look."""
    run = wall_run(room_run)
    scene = WorldScene()
    scene.set_background(BLACK)
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(run)
        scene.set_view(ViewKind.FREE)
        scene.set_camera_pose(facing_wall())

        def draw(**changes: object) -> np.ndarray:
            scene.set_look(dataclasses.replace(BARE, **changes))
            return view.draw().astype(int)

        yield scene, draw
    scene.close()


def share(picture: np.ndarray) -> tuple[float, float, float, float]:
    return halves(picture.max(axis=-1) > 20)


def nearest_stop(picture: np.ndarray, name: PaletteName, rows: slice, cols: slice) -> float:
    """Place on a scale, 0 to 1, of the mean colour of the drawn pixels in a part of the picture."""
    part = picture[rows, cols].reshape(-1, 3)
    color = part[part.max(axis=1) > 20].mean(axis=0) / 255
    scale = PALETTES[name.value].colors(np.linspace(0, 1, 101), near=0.0, far=1.0)
    return float(np.linalg.norm(scale - color, axis=1).argmin() / 100)


LEFT, RIGHT = slice(85, 110), slice(130, 155)
UPPER, LOWER = slice(55, 80), slice(100, 125)
ALL_ROWS = slice(55, 125)


def test_everything_shows_in_its_own_colour_at_first(wall):
    _, draw = wall
    picture = draw()
    assert min(share(picture)) > 0.9
    shown = picture[picture.max(axis=-1) > 20]
    assert np.abs(np.median(shown, axis=0) - WALL_GREEN).max() < 6


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (CloudFilter(min_confidence=0.5), (0, 1, 0.5, 0.5)),
        (CloudFilter(max_edge=0.05), (1, 0, 0.5, 0.5)),
        # The room's up is -y, so heights grow upwards in the picture.
        (CloudFilter(min_height=0.0), (0.5, 0.5, 1, 0)),
        (CloudFilter(max_height=0.0), (0.5, 0.5, 0, 1)),
        (CloudFilter(max_distance=1.0), (0, 0, 0, 0)),
        (CloudFilter(max_distance=5.0), (1, 1, 1, 1)),
    ],
)
def test_a_filter_hides_what_it_cuts_and_counts_the_same(wall, filters, expected):
    scene, draw = wall
    assert share(draw(filters=filters)) == pytest.approx(expected, abs=0.12)
    kept = scene.measures.kept(filters)
    assert kept.mean() == pytest.approx(np.mean(expected[:2]), abs=0.03)
    assert min(share(draw())) > 0.9


def test_confidence_height_time_and_count_are_told_by_the_scale(wall):
    _, draw = wall
    name = PaletteName.VIRIDIS
    confidence = draw(color=CloudColor.CONFIDENCE, palette=name)
    assert nearest_stop(confidence, name, ALL_ROWS, LEFT) < 0.35
    assert nearest_stop(confidence, name, ALL_ROWS, RIGHT) > 0.65
    height = draw(color=CloudColor.HEIGHT, palette=name)
    assert nearest_stop(height, name, UPPER, slice(85, 155)) > 0.65
    assert nearest_stop(height, name, LOWER, slice(85, 155)) < 0.35
    time = draw(color=CloudColor.TIME, palette=name)
    assert nearest_stop(time, name, ALL_ROWS, LEFT) < 0.05
    assert nearest_stop(time, name, ALL_ROWS, RIGHT) > 0.95
    count = draw(color=CloudColor.COUNT, palette=name)
    assert nearest_stop(count, name, LOWER, slice(85, 155)) > 0.95
    assert nearest_stop(count, name, UPPER, slice(85, 155)) < 0.05


def test_depth_counts_from_the_start_or_from_the_current_camera(wall):
    scene, draw = wall
    span = scene.measures.span(CloudColor.DEPTH)
    by_frame = {}
    for depth_from in DepthFrom:
        places = []
        for frame_idx in (0, 5):
            scene.show_frame(frame_idx)
            picture = draw(color=CloudColor.DEPTH, depth_from=depth_from, palette=PaletteName.GREY)
            places.append(nearest_stop(picture, PaletteName.GREY, slice(85, 95), slice(115, 125)))
        by_frame[depth_from] = places
    pose = scene.cameras.trajectory.world_from_cam[0]
    start = float(pose[:3, 2] @ (np.array([0.0, 0.0, DEPTH]) - pose[:3, 3])) / span[1]
    assert by_frame[DepthFrom.START] == pytest.approx([start, start], abs=0.06)
    assert by_frame[DepthFrom.CURRENT][0] == pytest.approx(start, abs=0.06)


def test_what_was_not_noted_leaves_points_as_they_are(wall, room_run):
    scene, draw = wall
    run = wall_run(room_run)
    unnoted = dataclasses.replace(run.cloud, num_seen=None, edge=None)
    scene.set_run(dataclasses.replace(run, cloud=unnoted))
    scene.set_view(ViewKind.FREE)
    scene.set_camera_pose(facing_wall())
    picture = draw(color=CloudColor.COUNT, filters=CloudFilter(max_edge=0.05))
    assert min(share(picture)) > 0.9
    shown = picture[picture.max(axis=-1) > 20]
    assert np.abs(np.median(shown, axis=0) - WALL_GREEN).max() < 6
    assert scene.measures.kept(CloudFilter(max_edge=0.05)).all()


def test_point_size_grows_the_points(wall):
    _, draw = wall
    small, large = ((draw(point_scale=scale).max(axis=-1) > 20).sum() for scale in (0.25, 4.0))
    assert large > 1.3 * small


def test_keyframes_show_and_can_be_clicked(room_run):
    scene = WorldScene()
    scene.set_background(BLACK)
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(room_run, prepare_world(room_run))
        scene.set_look(CloudLook(has_path=False, has_camera=False, has_picture=False))
        without = view.draw()
        assert scene.cameras.keyframes.frame_at(*SIZE) is None
        scene.set_look(CloudLook(has_path=False, has_camera=False, has_picture=False, has_keyframes=True))
        assert (view.draw() != without).any(axis=-1).sum() > 20
        from l3rocc_studio.render.projection import project

        keyframe = room_run.record.keyframes[1]
        pixels, _ = project(scene.renderer, room_run.trajectory.centres_world[[keyframe]])
        assert scene.cameras.keyframes.frame_at(*(pixels[0] + 3)) == keyframe
        assert scene.cameras.keyframes.frame_at(pixels[0, 0] + 100, pixels[0, 1]) is None
    scene.close()


def test_the_picture_stands_in_the_camera(room_run):
    scene = WorldScene()
    scene.set_background(BLACK)
    pure = np.zeros((30, 40, 3), dtype=np.uint8)
    pure[:15, :, 0] = 255
    pure[15:, :, 2] = 255
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(room_run)
        scene.set_look(CloudLook(camera_scale=4.0, has_path=False))
        scene.set_picture(pure)
        picture = view.draw().astype(int)
        red = (picture[..., 0] > 200) & (picture[..., 1:].max(axis=-1) < 60)
        blue = (picture[..., 2] > 200) & (picture[..., :2].max(axis=-1) < 60)
        assert red.sum() > 100
        assert blue.sum() > 100
        # The upper half of the picture is above the lower one on the screen.
        assert np.flatnonzero(red.any(axis=1)).mean() < np.flatnonzero(blue.any(axis=1)).mean()
        scene.set_look(CloudLook(camera_scale=4.0, has_path=False, has_picture=False))
        picture = view.draw().astype(int)
        assert ((picture[..., 2] > 200) & (picture[..., :2].max(axis=-1) < 60)).sum() == 0
    scene.close()
