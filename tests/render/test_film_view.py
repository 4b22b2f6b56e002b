from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_studio.model.film_spec import (
    CameraKind,
    FilmCamera,
    FilmLayout,
    FilmLook,
    FilmOutput,
    FilmPanel,
    FilmSpec,
)
from l3rocc_studio.render.film_view import OccupancyFilmView, WorldFilmView
from l3rocc_studio.render.quad_facing import facing_quads
from l3rocc_studio.render.run_painter import RunPainter
from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh
from l3rocc_studio.render.world_scene import WorldPart


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
    draw_part = WorldFilmView._draw_part

    def spy(view: WorldFilmView, part: WorldPart):
        picture = draw_part(view, part)
        drawn.append((part, id(picture)))
        return picture

    monkeypatch.setattr(WorldFilmView, "_draw_part", spy)
    with RunPainter(room_run, only(FilmPanel.WORLD, camera=FilmCamera(kind=kind))) as painter:
        pictures = [painter.paint(i, room_run.source.frame(i)) for i in range(room_run.num_frames)]
    assert sum(part is WorldPart.CLOUD for part, _ in drawn) >= times
    assert len({picture for part, picture in drawn if part is WorldPart.CLOUD}) <= max(times, 6)
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


def test_faces_that_are_left_out_could_not_be_seen(room_run, monkeypatch):
    with RunPainter(room_run, only(FilmPanel.OCCUPANCY)) as painter:
        with_half = painter.paint(3, room_run.source.frame(3))
    prepare = OccupancyFilmView._prepare
    monkeypatch.setattr("l3rocc_studio.render.film_view.facing_quads", lambda mesh, _eye: mesh)
    with RunPainter(room_run, only(FilmPanel.OCCUPANCY)) as painter:
        np.testing.assert_array_equal(painter.paint(3, room_run.source.frame(3)), with_half)
    assert prepare is OccupancyFilmView._prepare


def cube() -> VoxelMesh:
    return build_voxel_mesh(
        np.array([13]),
        (3, 3, 3),
        origin=np.zeros(3),
        voxel_size=1.0,
        palettes=np.ones((1, 3, 3), dtype=np.float32),
        layer_axis=2,
        face_shade=np.ones(6, dtype=np.float32),
    )


@pytest.mark.parametrize(
    ("eye", "faces"), [((9.0, 1.5, 1.5), 1), ((9.0, 9.0, 1.5), 2), ((9.0, 9.0, -9.0), 3), ((1.5, 1.5, 1.5), 0)]
)
def test_an_eye_sees_up_to_three_sides_of_a_cube(eye, faces):
    assert cube().num_quads == 6
    seen = facing_quads(cube(), eye)
    assert seen.num_quads == faces
    assert len(seen.corners) == len(seen.colors) == 4 * faces


def test_a_saved_view_of_the_occupancy_is_taken(room_run):
    spec = only(FilmPanel.OCCUPANCY)
    with RunPainter(room_run, spec) as painter:
        usual = painter.paint(3, room_run.source.frame(3))
        pose = painter._views[FilmPanel.OCCUPANCY]._scene.camera_pose()
    near = replace(pose, view_angle_deg=pose.view_angle_deg / 2, clipping_range=None)
    with RunPainter(room_run, replace(spec, camera=FilmCamera(occupancy_view=near))) as painter:
        assert (painter.paint(3, room_run.source.frame(3)) != usual).mean() > 0.1
