from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.face_drag import MAX_REACH, MIN_CELLS, FaceDrag, along_axis, face_centres, with_face
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.projection import project, ray_through
from l3rocc_studio.render.range_box import RangeBox
from l3rocc_studio.render.scene import Scene

BOX = (-2.0, -1.5, -0.5, 2.0, 1.0, 3.5)
SIZE = (300, 200)


def test_faces_are_in_order_of_the_range() -> None:
    centres = face_centres(BOX)
    assert [centres[face, face % 3] for face in range(6)] == list(BOX)
    assert centres[0].tolist() == [-2.0, -0.25, 1.5]


@pytest.mark.parametrize("face", range(6))
def test_a_face_moves_in_whole_voxels_and_takes_no_other_along(face: int) -> None:
    moved = with_face(BOX, face, BOX[face] + 0.333, 0.02)
    assert [value for number, value in enumerate(moved) if number != face] == [
        value for number, value in enumerate(BOX) if number != face
    ]
    cells = abs(moved[face] - moved[(face + 3) % 6]) / 0.02
    assert cells == pytest.approx(round(cells), abs=1e-6)
    assert moved[face] == pytest.approx(BOX[face] + 0.333, abs=0.0101)


def test_a_box_keeps_some_cells_and_stays_within_reach() -> None:
    assert with_face(BOX, 3, -50.0, 0.02)[3] == pytest.approx(-2.0 + MIN_CELLS * 0.02)
    assert with_face(BOX, 0, 50.0, 0.02)[0] == pytest.approx(2.0 - MIN_CELLS * 0.02)
    far = with_face(BOX, 5, 1e6, 0.03)[5]
    assert MAX_REACH - 0.03 < far <= MAX_REACH


def test_the_axis_is_met_where_the_eye_points() -> None:
    eye, target = np.array([5.0, -4.0, -6.0]), np.array([2.7, -0.25, 1.5])
    direction = (target - eye) / np.linalg.norm(target - eye)
    assert along_axis(BOX, 3, eye, direction) == pytest.approx(2.7)
    assert along_axis(BOX, 3, eye, np.array([1.0, 0.0, 0.0])) is None
    drag = FaceDrag(face=3, pc_range=BOX, voxel_size=0.02, gripped_at=2.1)
    assert drag.moved(eye, direction)[3] == pytest.approx(2.6)
    assert drag.moved(eye, np.array([1.0, 0.0, 0.0])) is None


@pytest.fixture
def boxed():
    scene = Scene()
    box = RangeBox(scene.renderer)
    pose = np.eye(4)
    pose[:3, :3] = [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    pose[:3, 3] = (1.0, 2.0, 3.0)
    with OffscreenView(scene, *SIZE) as view:
        box.set_range(BOX, 0.02)
        box.set_pose(pose)
        scene.set_camera_pose(CameraPose(position=(12.0, 9.0, -8.0), focal_point=(2.0, 2.0, 3.0), view_up=(0, -1.0, 0)))
        view.draw()
        yield scene, box, pose, view
    scene.close()


def test_rays_go_through_what_they_were_projected_from(boxed) -> None:
    scene, *_ = boxed
    point = np.array([[0.3, 1.7, 2.9]])
    (pixel,), (depth,) = project(scene.renderer, point)
    start, direction = ray_through(scene.renderer, *pixel)
    assert depth > 0
    assert np.linalg.norm(np.cross(point[0] - start, direction)) < 1e-6


@pytest.mark.parametrize("face", range(6))
def test_handles_of_a_turned_box_are_gripped_and_dragged(boxed, face: int) -> None:
    scene, box, pose, _ = boxed
    assert box.face_at(150.0, 100.0) is None, "a hidden box cannot be gripped"
    box.set_visible(is_visible=True)
    centre = face_centres(BOX)[face]
    ahead = centre.copy()
    ahead[face % 3] += 0.4
    start, end = project(scene.renderer, np.array([centre, ahead]) @ pose[:3, :3].T + pose[:3, 3])[0]
    assert box.face_at(*start) == face
    box.grip(face, *start)
    moved = box.drag(*end)
    assert moved[face] == pytest.approx(BOX[face] + 0.4, abs=0.0101)
    box.let_go()
    assert box.drag(*end) == BOX


def test_handles_are_drawn_in_front_of_everything(boxed) -> None:
    _, box, _, view = boxed
    empty = view.draw()
    box.set_visible(is_visible=True)
    box.update_view(400.0)
    picture = view.draw().astype(int)
    amber = (picture[..., 0] > 200) & (picture[..., 1] > 120) & (picture[..., 2] < 120)
    assert amber.sum() > 60
    assert (picture != empty).any(axis=-1).sum() > 200
    assert box.reach == pytest.approx(np.linalg.norm((2.0, 1.5, 3.5)))
