from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    Backdrop,
    FilmFormat,
    FilmLayout,
    FilmLook,
    FilmOutput,
    FilmPanel,
    FilmSpec,
)
from l3rocc_studio.model.looks import CloudColor, CloudLook, OccupancyLook, VoxelShape
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render import film_view
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.finishing import finish_picture
from l3rocc_studio.render.occupancy_film_view import VOXEL_CONTRAST, OccupancyFilmView
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.run_painter import RunPainter
from l3rocc_studio.render.still_picture import StillPicture
from l3rocc_studio.render.surface_painter import paint_surface
from l3rocc_studio.render.voxel_surface import surface_of
from l3rocc_studio.render.way_picture import draw_way
from l3rocc_studio.render.world_parts import WorldPart

ABOVE = CameraPose(position=(0.0, -9.0, 2.0), focal_point=(0.0, 0.0, 2.0), view_up=(0.0, 0.0, 1.0), parallel_scale=3.0)


def only(panel: FilmPanel, **changes) -> FilmSpec:
    layout = FilmLayout(panels=(panel,), has_labels=False)
    return FilmSpec(layout=layout, output=FilmOutput(height_px=120), **changes)


@pytest.mark.parametrize("kind", [CameraKind.GODS_EYE, CameraKind.FOLLOW])
@pytest.mark.parametrize("panel", [FilmPanel.WORLD, FilmPanel.OCCUPANCY])
def test_a_picture_does_not_depend_on_those_before_it(room_run, panel, kind):
    spec = only(panel, camera=FilmCamera(kind=kind))
    source = room_run.source
    with RunPainter(room_run, spec) as painter:
        in_order = [painter.paint(i, source.frame(i)) for i in range(room_run.num_frames)]
        again = painter.paint(2, source.frame(2))
    with RunPainter(room_run, spec) as painter:
        np.testing.assert_array_equal(painter.paint(4, source.frame(4)), in_order[4])
    np.testing.assert_array_equal(again, in_order[2])


@pytest.mark.parametrize(("kind", "times"), [(CameraKind.GODS_EYE, 1), (CameraKind.FOLLOW, 6)])
def test_the_cloud_is_drawn_again_only_when_the_camera_moves(room_run, monkeypatch, kind, times):
    drawn = []
    draw_now = StillPicture._draw_now

    def spy(still: StillPicture, part: WorldPart):
        drawn.append(part)
        return draw_now(still, part)

    monkeypatch.setattr(StillPicture, "_draw_now", spy)
    with RunPainter(room_run, only(FilmPanel.WORLD, camera=FilmCamera(kind=kind))) as painter:
        pictures = [painter.paint(i, room_run.source.frame(i)) for i in range(room_run.num_frames)]
    assert drawn.count(WorldPart.CLOUD) == times
    assert drawn.count(WorldPart.AROUND) == 1
    assert (pictures[0] != pictures[5]).any()


def test_nothing_of_the_camera_is_in_its_own_way(room_run):
    with RunPainter(room_run, only(FilmPanel.WORLD, camera=FilmCamera(kind=CameraKind.FIRST_PERSON))) as painter:
        picture = painter.paint(3, room_run.source.frame(3)).astype(int)
    is_red = (picture[..., 0] > 150) & (picture[..., 1:].max(axis=2) < 90)
    is_blue = (picture[..., 2] > 170) & (picture[..., 0] < 90)
    assert (is_red | is_blue).mean() < 0.002


def test_cubes_and_shadows_can_be_left_out(room_run):
    looks = (FilmLook(), FilmLook(has_world_occupancy=False), FilmLook(has_shading=False))
    pictures = []
    for look in looks:
        with RunPainter(room_run, only(FilmPanel.WORLD, look=look)) as painter:
            pictures.append(painter.paint(5, room_run.source.frame(5)).astype(int))
    whole, no_cubes, no_shadows = pictures
    assert no_cubes.mean() > whole.mean() + 1
    assert no_shadows.mean() > whole.mean() + 0.3


def on_white(picture: np.ndarray) -> np.ndarray:
    """What is seen of a picture with or without opacity."""
    cover = picture[..., 3:] / 255.0 if picture.shape[2] == 4 else 1.0
    return cover * picture[..., :3] + (1.0 - cover) * 255.0


@pytest.mark.parametrize("backdrop", [Backdrop.WHITE, Backdrop.TRANSPARENT])
def test_painted_voxels_look_as_in_the_window(room_run, monkeypatch, backdrop):
    spec = FilmSpec(
        layout=FilmLayout(panels=(FilmPanel.OCCUPANCY,), has_labels=False, backdrop=backdrop),
        output=FilmOutput(height_px=120, format=FilmFormat.PNG),
        look=FilmLook(has_shading=False),
    )
    pictures = []
    for is_paintable in (OccupancyFilmView._is_paintable, lambda _view: False):
        monkeypatch.setattr(OccupancyFilmView, "_is_paintable", is_paintable)
        with RunPainter(room_run, spec) as painter:
            pictures.append(on_white(painter.paint(3, room_run.source.frame(3))))
    difference = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert difference.mean() < 1.0  # quiet lines are translucent in a clear picture, which rounds
    assert (difference > 20).mean() < 0.01


def test_what_cannot_be_painted_is_drawn_by_the_scene(room_run):
    spec = only(FilmPanel.OCCUPANCY)
    looks = (OccupancyLook(shape=VoxelShape.CUBES), OccupancyLook(has_free=True))
    with RunPainter(room_run, spec) as painter:
        usual = painter.paint(3, room_run.source.frame(3))
    for look in looks:
        with RunPainter(room_run, replace(spec, look=FilmLook(occupancy=look))) as painter:
            view = painter._views[FilmPanel.OCCUPANCY]
            picture = painter.paint(3, room_run.source.frame(3))
            assert view._around is None
        assert (picture != usual).any(axis=2).mean() > 0.01


def test_a_saved_view_of_the_occupancy_is_taken(room_run):
    spec = only(FilmPanel.OCCUPANCY)
    with RunPainter(room_run, spec) as painter:
        usual = painter.paint(3, room_run.source.frame(3))
        pose = painter._views[FilmPanel.OCCUPANCY]._scene.camera_pose()
    near = replace(pose, view_angle_deg=pose.view_angle_deg / 2, clipping_range=None)
    with RunPainter(room_run, replace(spec, camera=FilmCamera(occupancy_view=near))) as painter:
        assert (painter.paint(3, room_run.source.frame(3)) != usual).mean() > 0.1


def test_a_part_of_a_picture_is_that_of_the_whole(room_run):
    with RunPainter(room_run, only(FilmPanel.WORLD)) as painter:
        painter.paint(3, room_run.source.frame(3))
        world = painter._views[FilmPanel.WORLD]
        view, boxes = world._view, ((0, 0, 30, 20), (41, 33, 57, 64), (100, 70, 49, 50))
        with world._scene.steady_clipping(), world._scene.only(WorldPart.MOVING):
            whole = view.draw_with_depth()
            assert (whole.distances > 0.0).mean() > 0.005
            for left, top, width, height in boxes:
                box = PixelBox(left_px=left, top_px=top, width_px=width, height_px=height)
                part = view.draw_part_with_depth(box)
                difference = np.abs(part.color.astype(int) - whole.color[box.rows, box.columns])
                assert (difference > 1).any(axis=2).sum() <= 2
                assert (~np.isclose(part.distances, whole.distances[box.rows, box.columns], rtol=1e-3)).sum() <= 2
            np.testing.assert_array_equal(view.draw_with_depth().color, whole.color)


def test_the_way_is_read_where_it_is(room_run, monkeypatch):
    with RunPainter(room_run, only(FilmPanel.WORLD)) as painter:
        painter.paint(3, room_run.source.frame(3))
        world = painter._views[FilmPanel.WORLD]
        scene, view = world._scene, world._view
        with scene.steady_clipping():
            near = draw_way(scene, view)
            monkeypatch.setattr(view, "box_around", lambda _actors: view.box)
            whole = draw_way(scene, view)
            monkeypatch.setattr(view, "box_around", lambda _actors: None)
            nothing = draw_way(scene, view)
    assert near.ahead is not None and whole.ahead is not None and nothing.ahead is None
    assert near.ahead.box == whole.ahead.box
    assert (near.ahead.picture.distances > 0.0).sum() == len(near.places) > 20
    np.testing.assert_array_equal(near.ahead.picture.color, whole.ahead.picture.color)
    np.testing.assert_array_equal(near.first_frames, whole.first_frames)
    np.testing.assert_array_equal(near.passed, whole.passed)


@pytest.mark.parametrize(
    ("backdrop", "is_parallel"), [(Backdrop.WHITE, False), (Backdrop.TRANSPARENT, False), (Backdrop.WHITE, True)]
)
def test_what_moves_looks_the_same_whether_the_camera_stands_or_not(room_run, monkeypatch, backdrop, is_parallel):
    layout = FilmLayout(panels=(FilmPanel.WORLD,), has_labels=False, backdrop=backdrop)
    camera = FilmCamera(kind=CameraKind.SAVED, view=ABOVE) if is_parallel else FilmCamera()
    spec = FilmSpec(layout=layout, camera=camera, output=FilmOutput(height_px=240, format=FilmFormat.PNG))
    pictures = []
    for is_whole in (False, True):
        with RunPainter(room_run, spec) as painter:
            view = painter._views[FilmPanel.WORLD]
            if is_whole:
                monkeypatch.setattr(view, "_path", replace(view._path, is_still=False))
            pictures.append([painter.paint(i, room_run.source.frame(i)).astype(int) for i in (0, 3, 5)])
    assert (pictures[0][0] != pictures[0][2]).any(axis=2).mean() > 0.003
    for standing, moving in zip(*pictures, strict=True):
        difference = np.abs(standing - moving).max(axis=2)
        # Between two places of the way colours go over on one side, and change at once on the other.
        assert (difference > 8).mean() < 0.002
        assert difference.mean() < 0.1


def test_the_box_around_what_moves_holds_all_of_it(room_run):
    with RunPainter(room_run, only(FilmPanel.WORLD)) as painter:
        world = painter._views[FilmPanel.WORLD]
        for frame_idx in range(room_run.num_frames):
            painter.paint(frame_idx, room_run.source.frame(frame_idx))
            with world._scene.steady_clipping(), world._scene.only(WorldPart.CAMERA):
                box = world._view.box_around(world._scene.actors_of(WorldPart.CAMERA))
                drawn = world._view.draw_with_depth().distances > 0.0
            assert box is not None
            assert drawn.any()
            drawn[box.rows, box.columns] = False
            assert not drawn.any()


def test_the_part_with_voxels_is_finished_as_the_whole_is(room_run):
    with RunPainter(room_run, only(FilmPanel.OCCUPANCY)) as painter:
        before = painter.paint(3, room_run.source.frame(3))
        painter.paint(5, room_run.source.frame(5))
        again = painter.paint(3, room_run.source.frame(3))
        view = painter._views[FilmPanel.OCCUPANCY]
        around, eye = view._around, view._view.eye(0.01)
        surface = surface_of(room_run, 3, view._scene.style(Detail.FULL))
        paint_surface(surface, eye, view._scene.look.edge_strength, around.color, around.distances)
        drawn = around.distances > 0
        finish_picture(around.color, around.distances, view._shading(), VOXEL_CONTRAST)
        whole = around.color
    assert drawn.mean() > 0.02
    np.testing.assert_array_equal(before, again)
    assert (before != whole).any(axis=2).mean() < 0.002


@pytest.mark.parametrize("kind", [CameraKind.GODS_EYE, CameraKind.FOLLOW])
def test_a_picture_changes_only_where_it_says(room_run, kind):
    spec = FilmSpec(output=FilmOutput(height_px=121), camera=FilmCamera(kind=kind))
    shares = []
    with RunPainter(room_run, spec) as painter:
        before = painter.paint(0, room_run.source.frame(0))
        assert painter.changed is None
        for frame_idx in (1, 2, 3, 3, 5, 0):
            picture = painter.paint(frame_idx, room_run.source.frame(frame_idx))
            is_told = np.zeros(picture.shape[:2], dtype=bool)
            for part in painter.changed:
                is_told[part.rows, part.columns] = True
            assert not (picture != before).any(axis=2)[~is_told].any()
            shares.append(is_told.mean())
            before = picture
        painter.paint_title(0.5)
        assert painter.changed is None
        painter.paint(1, room_run.source.frame(1))
        assert painter.changed is None
    assert min(shares) < (0.8 if kind is CameraKind.GODS_EYE else 0.95)


def test_the_way_is_drawn_once_from_a_camera_that_stands_though_the_cloud_changes(room_run, monkeypatch):
    drawn = []

    def spy(*args):
        drawn.append(draw_way(*args))
        return drawn[-1]

    monkeypatch.setattr(film_view, "draw_way", spy)
    look = FilmLook(cloud=CloudLook(color=CloudColor.DEPTH), is_growing=True)
    with RunPainter(room_run, only(FilmPanel.WORLD, look=look)) as painter:
        pictures = [painter.paint(i, room_run.source.frame(i)) for i in range(room_run.num_frames)]
    assert len(drawn) == 1
    with RunPainter(room_run, only(FilmPanel.WORLD, look=look)) as painter:
        np.testing.assert_array_equal(painter.paint(4, room_run.source.frame(4)), pictures[4])
    assert (pictures[3] != pictures[4]).any(axis=2).mean() > 0.01
