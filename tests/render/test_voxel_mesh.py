from __future__ import annotations

import numpy as np

from l3rocc_studio.render.voxel_mesh import CORNER_SHADE, VoxelMesh, build_voxel_mesh

SHAPE = (7, 5, 6)
ORIGIN = np.array([-1.0, 2.0, 0.5])
SIZE = 0.25


def mesh_of(flat, **changes) -> VoxelMesh:
    settings = {
        "origin": ORIGIN,
        "voxel_size": SIZE,
        "palettes": np.ones((1, SHAPE[2], 3), dtype=np.float32),
        "layer_axis": 2,
        "face_shade": np.ones(6, dtype=np.float32),
        **changes,
    }
    return build_voxel_mesh(np.asarray(flat, dtype=np.int32), SHAPE, **settings)


def flat(x, y, z) -> int:
    return int(np.ravel_multi_index((x, y, z), SHAPE))


def quads(mesh: VoxelMesh) -> np.ndarray:
    return mesh.corners.reshape(-1, 4, 3)


def normals(mesh: VoxelMesh) -> np.ndarray:
    q = quads(mesh)
    return np.cross(q[:, 1] - q[:, 0], q[:, 2] - q[:, 1])


def test_nothing_makes_nothing():
    assert mesh_of([]).num_quads == 0


def test_one_voxel_is_a_closed_cube_that_faces_outward():
    mesh = mesh_of([flat(2, 3, 4)])
    low = ORIGIN + SIZE * np.array([2, 3, 4])
    assert mesh.num_quads == 6
    np.testing.assert_allclose(mesh.corners.min(axis=0), low)
    np.testing.assert_allclose(mesh.corners.max(axis=0), low + SIZE)
    outward = quads(mesh).mean(axis=1) - (low + SIZE / 2)
    assert (np.einsum("ij,ij->i", normals(mesh), outward) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(normals(mesh), axis=1), SIZE**2, rtol=1e-5)
    assert (mesh.colors == 255).all()


def test_faces_between_neighbours_are_left_out():
    mesh = mesh_of([flat(2, 3, 4), flat(3, 3, 4)])
    assert mesh.num_quads == 10
    assert sorted(mesh.owners.tolist()) == [0] * 5 + [1] * 5


def test_exposed_faces_match_a_count_over_the_padded_grid():
    rng = np.random.default_rng(1)
    solid = rng.random(SHAPE) < 0.4
    padded = np.pad(solid, 1)
    exposed = sum(
        int((solid & ~np.roll(padded, shift, axis)[1:-1, 1:-1, 1:-1]).sum()) for axis in range(3) for shift in (1, -1)
    )
    mesh = mesh_of(np.flatnonzero(solid))
    assert mesh.num_quads == exposed
    centres = {tuple(np.round(centre / SIZE * 4).astype(int)) for centre in quads(mesh).mean(axis=1)}
    assert len(centres) == exposed


def test_a_corner_under_an_overhang_is_darker():
    mesh = mesh_of([flat(2, 2, 2), flat(3, 2, 3)])
    top = ORIGIN[2] + 3 * SIZE
    is_lid = (mesh.owners == 0) & np.isclose(quads(mesh)[:, :, 2], top).all(axis=1)
    shades = mesh.colors.reshape(-1, 4, 4)[is_lid][0, :, 0]
    places = quads(mesh)[is_lid][0, :, 0]
    beside = ORIGIN[0] + 3 * SIZE
    assert (shades[np.isclose(places, beside)] == int(255 * CORNER_SHADE[2])).all()
    assert (shades[~np.isclose(places, beside)] == 255).all()


def test_colours_follow_layer_group_and_side():
    palettes = np.zeros((2, SHAPE[2], 3), dtype=np.float32)
    palettes[0, 1], palettes[1, 5] = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    shade = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], dtype=np.float32)
    mesh = mesh_of(
        [flat(0, 0, 1), flat(6, 4, 5)],
        palettes=palettes,
        face_shade=shade,
        groups=np.array([0, 1], dtype=np.uint8),
    )
    by_quad = mesh.colors.reshape(-1, 4, 4)[:, 0, :3]
    np.testing.assert_allclose(sorted(by_quad[mesh.owners == 0, 0]), (255 * shade).astype(int), atol=1)
    np.testing.assert_allclose(sorted(by_quad[mesh.owners == 1, 1]), (255 * shade).astype(int), atol=1)
    assert (by_quad[mesh.owners == 0, 1:] == 0).all()


def test_a_grid_is_empty_again_for_the_next_set() -> None:
    shape = (6, 5, 4)
    black = np.zeros((1, 4, 3), dtype=np.float32)
    shade = np.ones(6, dtype=np.float32)

    def num_quads(*cells: int) -> int:
        mesh = build_voxel_mesh(
            np.array(cells), shape, origin=np.zeros(3), voxel_size=1.0, palettes=black, layer_axis=2, face_shade=shade
        )
        return mesh.num_quads

    assert num_quads(40, 41) == 10
    assert num_quads(42) == 6, "nothing of the sets before is left"
