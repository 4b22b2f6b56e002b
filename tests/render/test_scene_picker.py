from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.looks import CloudFilter, CloudLook, OccupancyLook
from l3rocc_studio.model.pick import PickKind
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.picking import pick_view
from l3rocc_studio.render.projection import project
from l3rocc_studio.render.scene_picker import WorldPicker, pick_voxel
from l3rocc_studio.render.world_scene import WorldScene
from l3rocc_studio.services.pick_facts import frames_seeing, gather_facts

SIZE = (320, 240)


@pytest.fixture(scope="module")
def world(room_run):
    scene = WorldScene()
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(room_run)
        scene.set_view(ViewKind.FIRST_PERSON)
        scene.show_frame(2)
        view.draw()
        yield scene, room_run, WorldPicker(room_run, scene.prepared)
    scene.close()


def test_a_picked_point_is_where_the_pointer_is_and_has_the_colour_of_the_picture(world):
    scene, run, picker = world
    picture = run.source.frame(2)
    height, width = picture.shape[:2]
    offsets = []
    for column, row in ((20, 30), (48, 40), (70, 50), (30, 55)):
        # First person: the panel's picture is the video's, at its height.
        x_px = SIZE[0] / 2 + (column - width / 2) * SIZE[1] / height
        y_px = SIZE[1] - row * SIZE[1] / height
        place = picker.pick(pick_view(scene.renderer, x_px, y_px), CloudLook(), 2)
        assert place is not None and place.kind is PickKind.POINT
        (pixel,), (depth,) = project(scene.renderer, np.array([place.position_world]))
        assert np.abs(pixel - (x_px, y_px)).max() < 14 and depth > 0
        facts = gather_facts(run, place)
        assert facts.color == tuple(run.cloud.colors[place.row])
        assert facts.confidence == pytest.approx(run.cloud.confidence[place.row])
        assert facts.unit == "m"
        offsets.append(np.abs(np.subtract(facts.color, picture[row, column].astype(int))).max())
    assert np.median(offsets) < 40


def test_filters_hold_for_picking_too(world):
    scene, run, picker = world
    at = pick_view(scene.renderer, SIZE[0] / 2, SIZE[1] / 2)
    place = picker.pick(at, CloudLook(), 2)
    threshold = float(run.cloud.confidence[place.row]) + 0.01
    other = picker.pick(at, CloudLook(filters=CloudFilter(min_confidence=threshold)), 2)
    assert other is None or run.cloud.confidence[other.row] >= threshold
    grown = picker.pick(at, CloudLook(is_growing=True), 0)
    assert grown is None or run.cloud.first_frame[grown.row] == 0


def test_a_voxel_tells_where_it_is_and_who_saw_it(room_run):
    scene = OccupancyScene()
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(room_run)
        scene.show_frame(3)
        view.draw()
        look = OccupancyLook(has_history=False)
        centres = room_run.occupancy.grid.centres(room_run.occupancy.occupied_indices(3))
        pixels, _ = project(scene.renderer, centres)
        inside = ((pixels > 20) & (pixels < np.array(SIZE) - 20)).all(axis=1)
        place = pick_voxel(room_run, pick_view(scene.renderer, *pixels[inside][0]), look, 3)
    scene.close()
    assert place is not None and place.kind is PickKind.VOXEL
    assert place.row in room_run.occupancy.occupied_indices(3)
    facts = gather_facts(room_run, place)
    assert facts.flat_index == place.row
    assert np.ravel_multi_index(facts.grid_xyz, room_run.occupancy.grid.shape) == place.row
    assert facts.state == "occupied"
    np.testing.assert_allclose(facts.position_cam, room_run.occupancy.grid.centres(np.array([place.row]))[0], atol=1e-5)
    frames = frames_seeing(room_run, place, CancelToken())
    assert 3 in frames and len(frames) == facts.count
    assert (frames[0], frames[-1]) == (facts.first_frame, facts.last_frame)


def test_cubes_in_the_world_are_picked_where_they_stand_in_front(world):
    scene, run, picker = world
    no_points = CloudLook(has_occupancy=True, filters=CloudFilter(min_confidence=1.0, max_distance=0.0))
    at = pick_view(scene.renderer, SIZE[0] / 2, SIZE[1] / 2)
    place = picker.pick(at, no_points, 5)
    assert place is not None and place.kind is PickKind.WORLD_VOXEL
    np.testing.assert_allclose(place.position_world, run.world.centres_world[place.row], atol=1e-6)
    facts = gather_facts(run, place)
    assert facts.count == run.world.count[place.row] > 0
    assert facts.color is None
    both = picker.pick(at, replace(no_points, filters=CloudFilter()), 5)
    assert both is not None


def test_outside_the_grid_there_is_no_voxel(room_run):
    scene = OccupancyScene()
    with OffscreenView(scene, *SIZE):
        scene.set_run(room_run)
        assert pick_voxel(room_run, pick_view(scene.renderer, 1.0, SIZE[1] - 1.0), OccupancyLook(), 0) is None
    scene.close()
