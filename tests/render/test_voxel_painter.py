from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.voxel_mesh import VoxelMesh, build_voxel_mesh
from l3rocc_studio.render.voxel_painter import Eye, paint_voxels

SIZE_PX = (60, 80)
FOCAL_PX = 96.0


def mesh_of(*cells: tuple[int, int, int]) -> VoxelMesh:
    """Voxels of size 1 in a grid from (-4, -4, 0), lighter with each layer of depth."""
    shades = np.repeat(np.linspace(0.2, 0.9, 8, dtype=np.float32), 3).reshape(1, 8, 3)
    return build_voxel_mesh(
        np.array([np.ravel_multi_index(cell, (8, 8, 8)) for cell in cells]),
        (8, 8, 8),
        origin=np.array([-4.0, -4.0, 0.0]),
        voxel_size=1.0,
        palettes=shades,
        layer_axis=2,
        face_shade=np.ones(6, dtype=np.float32),
    )


def painted(mesh: VoxelMesh, *, z: float = -6.0, edge: float = 0.0, channels: int = 3, near: float = 1e-3):
    picture = np.zeros((*SIZE_PX, channels), dtype=np.uint8)
    distances = np.zeros(SIZE_PX, dtype=np.float32)
    eye = Eye(position=np.array([0.0, 0.0, z]), axes=np.eye(3), focal_px=FOCAL_PX, near=near)
    paint_voxels(mesh, eye, edge, picture, distances)
    return picture, distances


def test_a_face_lies_where_the_camera_sees_it():
    _, distances = painted(mesh_of((4, 4, 2)))
    rows, cols = np.nonzero(np.isclose(distances, 8.0))
    # From the middle of the picture 96 px / 8 to the right and down, at the centres of pixels.
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (30, 41, 40, 51)
    assert len(rows) == 12 * 12


def test_the_nearer_face_is_seen_in_whatever_order():
    cells = ((4, 4, 2), (4, 4, 5), (3, 4, 7))
    whole = painted(mesh_of(*cells))
    backwards = painted(mesh_of(*cells[::-1]))
    np.testing.assert_array_equal(whole[0], backwards[0])
    assert whole[1][32, 42] == pytest.approx(8.0)


def test_faces_that_share_an_edge_leave_no_gap():
    wall = mesh_of(*((x, y, 6) for x in range(8) for y in range(8)))
    _, distances = painted(wall, z=-0.37)
    np.testing.assert_allclose(distances, 6.37, rtol=1e-5)


def test_an_eye_inside_a_voxel_sees_none_of_it():
    assert not painted(mesh_of((4, 4, 2)), z=2.5)[1].any()


def test_what_reaches_nearer_than_the_least_distance_is_left_out():
    cells = mesh_of((3, 3, 2), (4, 4, 2))
    assert painted(cells, z=1.0, near=0.9)[1].any()
    assert not painted(cells, z=1.0, near=1.1)[1].any()


def test_distances_that_are_there_hide_what_is_behind():
    mesh = mesh_of((4, 4, 2))
    picture, distances = np.zeros((*SIZE_PX, 3), dtype=np.uint8), np.full(SIZE_PX, 7.9, dtype=np.float32)
    distances[:, 45:] = 8.1
    eye = Eye(position=np.array([0.0, 0.0, -6.0]), axes=np.eye(3), focal_px=FOCAL_PX, near=1e-3)
    paint_voxels(mesh, eye, 0.0, picture, distances)
    assert picture[35, 46].all()
    assert not picture[:, :45].any()


def test_edges_are_darker_than_the_middle_of_a_face():
    plain, _ = painted(mesh_of((4, 4, 2)))
    edged, _ = painted(mesh_of((4, 4, 2)), edge=0.5)
    assert plain[30, 45, 0] * 0.5 <= edged[30, 45, 0] < 0.9 * plain[30, 45, 0]
    assert edged[36, 46, 0] == plain[36, 46, 0]


def test_opacity_is_full_where_a_voxel_is():
    picture, distances = painted(mesh_of((4, 4, 2)), channels=4)
    np.testing.assert_array_equal(picture[..., 3], np.where(distances > 0, 255, 0))
