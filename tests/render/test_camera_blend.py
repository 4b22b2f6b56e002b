from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.camera_blend import blend_poses, ease, moved_pose, turned_about

NORTH = CameraPose(position=(0.0, -4.0, 0.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 0.0, 1.0), view_angle_deg=30.0)
EAST = CameraPose(position=(9.0, 0.0, 0.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 0.0, 1.0), view_angle_deg=60.0)


def test_both_ends_are_what_was_given() -> None:
    assert blend_poses(NORTH, EAST, 0.0) is NORTH
    assert blend_poses(NORTH, EAST, 1.0) is EAST
    assert (ease(-1.0), ease(0.0), ease(0.5), ease(1.0), ease(2.0)) == (0.0, 0.0, 0.5, 1.0, 1.0)


def test_half_way_the_camera_has_gone_half_round_what_it_shows() -> None:
    middle = blend_poses(NORTH, EAST, 0.5)
    diagonal = 6.0 / np.sqrt(2.0)
    np.testing.assert_allclose(middle.position, (diagonal, -diagonal, 0.0), atol=1e-9)
    np.testing.assert_allclose(middle.view_up, (0.0, 0.0, 1.0), atol=1e-9)
    assert middle.view_angle_deg == pytest.approx(np.sqrt(30.0 * 60.0))


def test_opposite_views_have_a_way_too() -> None:
    south = CameraPose(position=(0.0, 4.0, 0.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 0.0, 1.0))
    for share in np.linspace(0.0, 1.0, 9):
        pose = blend_poses(NORTH, south, float(share))
        assert np.linalg.norm(pose.position) == pytest.approx(4.0)


def test_a_round_trip_about_an_axis_comes_back() -> None:
    pose = NORTH
    for _ in range(12):
        pose = turned_about(pose, (0.0, 0.0, 2.0), 30.0)
    np.testing.assert_allclose(pose.position, NORTH.position, atol=1e-9)
    quarter = turned_about(NORTH, (0.0, 0.0, 1.0), 90.0)
    np.testing.assert_allclose(quarter.position, (4.0, 0.0, 0.0), atol=1e-9)


def test_a_camera_goes_to_another_frame_and_back() -> None:
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", (10, 20, 30), degrees=True).as_matrix()
    matrix[:3, 3] = (1.0, 2.0, 3.0)
    there = moved_pose(EAST, matrix)
    np.testing.assert_allclose(there.position, matrix[:3, :3] @ EAST.position + matrix[:3, 3])
    back = moved_pose(there, np.linalg.inv(matrix))
    np.testing.assert_allclose(back.position, EAST.position, atol=1e-12)
    np.testing.assert_allclose(back.view_up, EAST.view_up, atol=1e-12)
