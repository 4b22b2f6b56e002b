from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.picking import PickableCloud, PickView, first_cube, pick_point, pick_view, sight_line
from l3rocc_studio.render.projection import project, ray_through
from l3rocc_studio.render.vtk_camera import apply_pose

SIZE = (800, 600)
EYE = CameraPose(position=(0.0, 0.0, -3.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))


@pytest.fixture
def renderer():
    renderer, window = vtkRenderer(), vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetSize(*SIZE)
    window.AddRenderer(renderer)
    apply_pose(renderer, EYE)
    renderer.GetActiveCamera().SetClippingRange(0.1, 100.0)
    yield renderer
    window.RemoveRenderer(renderer)
    window.Finalize()


def view_at(renderer, pixel) -> PickView:
    return pick_view(renderer, *pixel)


def cloud_of(points: np.ndarray, facing: np.ndarray | None = None, splat: float = 0.01) -> PickableCloud:
    points = np.asarray(points, dtype=np.float32)
    return PickableCloud(points=points, facing=np.zeros_like(points) if facing is None else facing, splat=splat)


def test_each_point_is_picked_where_it_is_drawn(renderer):
    rng = np.random.default_rng(1)
    points = rng.uniform(-1.0, 1.0, (40, 3))
    points[:, 2] = 0.5
    pixels, _ = project(renderer, points)
    for row, pixel in enumerate(pixels):
        assert pick_point(cloud_of(points), view_at(renderer, tuple(pixel)))[0] == row


def test_what_stands_in_front_is_picked_and_not_what_is_behind(renderer):
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 201), np.linspace(-1, 1, 201)), axis=-1).reshape(-1, 2)
    front = np.column_stack([grid, np.full(len(grid), 0.5)])
    behind = np.column_stack([1.5 * grid, np.full(len(grid), 2.0)])
    cloud = cloud_of(np.concatenate([behind, front]), splat=0.015)
    rng = np.random.default_rng(2)
    for target in rng.uniform(-0.9, 0.9, (50, 2)):
        (pixel,), _ = project(renderer, np.array([[*target, 0.5]]))
        row, depth = pick_point(cloud, view_at(renderer, tuple(pixel)))
        assert row >= len(behind)
        assert np.abs(cloud.points[row, :2] - target).max() < 0.011
        assert depth == pytest.approx(3.5, abs=0.05)


def test_through_a_gap_one_picks_what_is_seen_through_it(renderer):
    edge = np.column_stack([np.linspace(0.02, 1.0, 400), np.zeros(400), np.zeros(400)])
    far = np.array([[0.0, 0.0, 2.0]])
    (pixel,), _ = project(renderer, far)
    row, _ = pick_point(cloud_of(np.concatenate([edge, far])), view_at(renderer, tuple(pixel)))
    assert row == len(edge)


def test_hidden_points_are_not_picked(renderer):
    points = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    facing = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]], dtype=np.float32)
    at = view_at(renderer, (SIZE[0] / 2, SIZE[1] / 2))
    assert pick_point(cloud_of(points), at)[0] == 0
    assert pick_point(cloud_of(points, facing), at)[0] == 1, "the first is seen from behind"
    assert pick_point(cloud_of(points, facing), at, hides_backs=False)[0] == 0
    assert pick_point(cloud_of(points), at, is_shown=np.array([False, True]))[0] == 1, "the first is filtered out"
    assert pick_point(cloud_of(points), at, is_shown=np.array([False, False])) is None


def test_a_parallel_projection_picks_what_is_in_front_too(renderer):
    apply_pose(renderer, replace(EYE, parallel_scale=1.0))
    points = np.array([[0.3, 0.2, 1.0], [0.3, 0.2, -1.0], [0.3, 0.2, 0.0]])
    (pixel, *_), _ = project(renderer, points)
    row, depth = pick_point(cloud_of(points), view_at(renderer, tuple(pixel)))
    assert (row, depth) == (1, pytest.approx(2.0))


def test_points_behind_the_eye_and_empty_places_are_not_picked(renderer):
    behind = np.array([[0.0, 0.0, -6.0]])
    assert pick_point(cloud_of(behind), view_at(renderer, (SIZE[0] / 2, SIZE[1] / 2))) is None
    assert pick_point(cloud_of([[0.0, 0.0, 0.0]]), view_at(renderer, (10.0, 10.0))) is None


def brute_force(centres, size, start, direction):
    """By small steps along the ray."""
    for distance in np.arange(0.0, 12.0, 0.002):
        inside = (np.abs(start + distance * direction - centres) <= size / 2).all(axis=1)
        if inside.any():
            return int(np.flatnonzero(inside)[0]), distance
    return None


def test_the_first_cube_along_a_ray_is_that_of_small_steps(renderer):
    rng = np.random.default_rng(4)
    centres = (rng.integers(-8, 8, (300, 3)) + 0.5) * 0.2
    centres = np.unique(centres, axis=0)
    for pixel in rng.uniform((200, 100), (600, 500), (25, 2)):
        start, direction = ray_through(renderer, *pixel)
        np.testing.assert_allclose(sight_line(view_at(renderer, tuple(pixel))), (start, direction), atol=1e-9)
        found, expected = first_cube(centres, 0.2, start, direction), brute_force(centres, 0.2, start, direction)
        assert (found is None) == (expected is None)
        if found is not None:
            assert found[0] == expected[0]
            assert found[1] == pytest.approx(expected[1], abs=0.003)


def test_a_ray_along_an_axis_meets_what_is_ahead_of_it():
    centres = np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 2.5], [0.5, 0.5, -3.5]])
    start, direction = np.array([0.5, 0.5, -1.0]), np.array([0.0, 0.0, 1.0])
    assert first_cube(centres, 1.0, start, direction) == (0, 1.0)
    assert first_cube(centres[2:], 1.0, start, direction) is None
    assert first_cube(np.zeros((0, 3)), 1.0, start, direction) is None
    on_face = np.array([0.0, 0.5, -1.0])
    assert first_cube(centres, 1.0, on_face, direction)[0] == 0
