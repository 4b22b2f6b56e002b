from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.surface_painter import paint_surface
from l3rocc_studio.render.voxel_surface import VoxelSurface

SIZE_PX = (60, 80)
FOCAL_PX = 96.0
GRID = GridSpec(pc_range=(-4.0, -4.0, 0.0, 4.0, 4.0, 8.0), voxel_size=1.0)


def surface_of_cells(*cells: tuple[int, int, int]) -> VoxelSurface:
    """Voxels of size 1 in a grid from (-4, -4, 0), lighter with each layer of depth."""
    return VoxelSurface(
        grid=GRID,
        voxels=np.array([np.ravel_multi_index(cell, GRID.shape) for cell in cells], dtype=np.int32),
        groups=np.zeros(len(cells), dtype=np.uint8),
        palettes=np.repeat(np.linspace(0.2, 0.9, 8, dtype=np.float32), 3).reshape(1, 8, 3),
        layer_axis=2,
    )


def painted(surface: VoxelSurface, *, z: float = -6.0, edge: float = 0.0, channels: int = 3, near: float = 1e-3):
    picture = np.zeros((*SIZE_PX, channels), dtype=np.uint8)
    distances = np.zeros(SIZE_PX, dtype=np.float32)
    eye = Eye(position=np.array([0.0, 0.0, z]), axes=np.eye(3), focal_px=FOCAL_PX, near=near)
    paint_surface(surface, eye, edge, picture, distances)
    return picture, distances


def test_a_face_lies_where_the_camera_sees_it():
    _, distances = painted(surface_of_cells((4, 4, 2)))
    rows, cols = np.nonzero(np.isclose(distances, 8.0))
    # From the middle of the picture 96 px / 8 to the right and down, at the centres of pixels.
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (30, 41, 40, 51)
    assert len(rows) == 12 * 12


def test_the_nearer_face_is_seen_in_whatever_order():
    cells = ((4, 4, 2), (4, 4, 5), (3, 4, 7))
    whole = painted(surface_of_cells(*cells))
    backwards = painted(surface_of_cells(*cells[::-1]))
    np.testing.assert_array_equal(whole[0], backwards[0])
    assert whole[1][32, 42] == pytest.approx(8.0)


def test_faces_that_share_an_edge_leave_no_gap():
    wall = surface_of_cells(*((x, y, 6) for x in range(8) for y in range(8)))
    _, distances = painted(wall, z=-0.37)
    np.testing.assert_allclose(distances, 6.37, rtol=1e-5)


def test_an_eye_inside_a_voxel_sees_none_of_it():
    assert not painted(surface_of_cells((4, 4, 2)), z=2.5)[1].any()


def test_what_reaches_nearer_than_the_least_distance_is_left_out():
    cells = surface_of_cells((3, 3, 2), (4, 4, 2))
    assert painted(cells, z=1.0, near=0.9)[1].any()
    assert not painted(cells, z=1.0, near=1.1)[1].any()


def test_distances_that_are_there_hide_what_is_behind():
    surface = surface_of_cells((4, 4, 2))
    picture, distances = np.zeros((*SIZE_PX, 3), dtype=np.uint8), np.full(SIZE_PX, 7.9, dtype=np.float32)
    distances[:, 45:] = 8.1
    eye = Eye(position=np.array([0.0, 0.0, -6.0]), axes=np.eye(3), focal_px=FOCAL_PX, near=1e-3)
    paint_surface(surface, eye, 0.0, picture, distances)
    assert picture[35, 46].all()
    assert not picture[:, :45].any()


def test_edges_are_darker_than_the_middle_of_a_face():
    plain, _ = painted(surface_of_cells((4, 4, 2)))
    edged, _ = painted(surface_of_cells((4, 4, 2)), edge=0.5)
    assert plain[30, 45, 0] * 0.5 <= edged[30, 45, 0] < 0.9 * plain[30, 45, 0]
    assert edged[36, 46, 0] == plain[36, 46, 0]


def test_opacity_is_full_where_a_voxel_is():
    picture, distances = painted(surface_of_cells((4, 4, 2)), channels=4)
    np.testing.assert_array_equal(picture[..., 3], np.where(distances > 0, 255, 0))


def cast(surface: VoxelSurface, eye: Eye) -> np.ndarray:
    """Depths (H, W) of what the lines of sight through the pixels meet first, 0 for nothing; every voxel is asked."""
    rows, cols = np.indices(SIZE_PX)
    x, y = (cols - (SIZE_PX[1] - 1) / 2) / eye.focal_px, (rows - (SIZE_PX[0] - 1) / 2) / eye.focal_px
    along = np.stack([x, y, np.ones(SIZE_PX)], axis=2) @ eye.axes
    low = surface.grid.centres(surface.voxels) - 0.5 * surface.grid.voxel_size - eye.position
    ends = np.stack([low, low + surface.grid.voxel_size])[:, :, None, None] / along
    enters, leaves = ends.min(axis=0).max(axis=-1), ends.max(axis=0).min(axis=-1)
    depths = np.where((enters < leaves) & (enters > 0), enters, np.inf).min(axis=0)
    return np.where(np.isfinite(depths), depths, 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_any_view_is_that_of_rays_through_all_voxels(seed):
    rng = np.random.default_rng(seed)
    cells = np.unravel_index(rng.choice(8**3, 90, replace=False), GRID.shape)
    surface = surface_of_cells(*zip(*(axis.tolist() for axis in cells), strict=True))
    forward = rng.normal(size=3)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, -1.0, 0.0])
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(forward, right), forward])
    eye = Eye(position=np.array([0.0, 0.0, 4.0]) - 13.0 * forward, axes=axes, focal_px=FOCAL_PX, near=1e-3)
    picture, distances = np.zeros((*SIZE_PX, 3), dtype=np.uint8), np.zeros(SIZE_PX, dtype=np.float32)
    paint_surface(surface, eye, 0.4, picture, distances)
    assert (distances > 0).mean() > 0.05
    # The very border of a voxel may fall to either side.
    assert np.isclose(distances, cast(surface, eye), rtol=1e-4).mean() > 0.998
    np.testing.assert_array_equal(picture.any(axis=2), distances > 0)
