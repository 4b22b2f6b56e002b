from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.surface_painter import paint_surface
from l3rocc_studio.render.voxel_mesh import CORNER_SHADE
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


def rays(eye: Eye, pixels: np.ndarray) -> np.ndarray:
    """Directions (..., 3) of length 1 along the line of sight through pixels (..., 2), column and row."""
    middle = (np.array(SIZE_PX[::-1]) - 1) / 2
    return np.concatenate([(pixels - middle) / eye.focal_px, np.ones((*pixels.shape[:-1], 1))], axis=-1) @ eye.axes


def pixel_places() -> np.ndarray:
    return np.stack(np.indices(SIZE_PX)[::-1], axis=-1).astype(float)


def meet(surface: VoxelSurface, eye: Eye) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the lines of sight through the pixels meet first, every voxel being asked.

    Depths (H, W), 0 for nothing; the voxels' positions; and the axes of their faces.
    """
    along = rays(eye, pixel_places())
    low = surface.grid.centres(surface.voxels) - 0.5 * surface.grid.voxel_size - eye.position
    ends = np.stack([low, low + surface.grid.voxel_size])[:, :, None, None] / along
    enters, leaves = ends.min(axis=0), ends.max(axis=0).min(axis=-1)
    axes = enters.argmax(axis=-1)
    depths = enters.max(axis=-1)
    depths[(depths >= leaves) | (depths <= 0)] = np.inf
    which = depths.argmin(axis=0)[None]
    depths = np.take_along_axis(depths, which, axis=0)[0]
    return np.where(np.isfinite(depths), depths, 0.0), which[0], np.take_along_axis(axes, which, axis=0)[0]


def expected_color(surface: VoxelSurface, eye: Eye, edge: float, pixel: np.ndarray, position: int, axis: int):
    """Colour of a face at a pixel, by the definition of its shades and edges."""
    cell = np.array(np.unravel_index(surface.voxels[position], surface.grid.shape))
    first, second = (axis + 1) % 3, (axis + 2) % 3
    low = surface.grid.origin + cell * surface.grid.voxel_size
    side = int(eye.position[axis] > low[axis])

    def at(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(u, v) and depth on the face's plane."""
        along = rays(eye, pixels)
        depth = (low[axis] + side * surface.grid.voxel_size - eye.position[axis]) / along[..., axis]
        places = (eye.position + depth[..., None] * along - low) / surface.grid.voxel_size
        return places[..., [first, second]], depth

    (u, v), _ = at(pixel)
    solid = {tuple(np.unravel_index(voxel, surface.grid.shape)) for voxel in surface.voxels}
    before = cell + (2 * side - 1) * np.eye(3, dtype=int)[axis]

    def is_solid(du: int, dv: int) -> bool:
        return tuple(before + du * np.eye(3, dtype=int)[first] + dv * np.eye(3, dtype=int)[second]) in solid

    shade = 0.0
    for du, dv in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        beside = (is_solid(du, 0), is_solid(0, dv), is_solid(du, dv))
        corner = CORNER_SHADE[0 if beside[0] and beside[1] else 3 - sum(beside)]
        shade += corner * (u if du > 0 else 1 - u) * (v if dv > 0 else 1 - v)
    middle = low + 0.5 * surface.grid.voxel_size
    middle[axis] = low[axis] + side * surface.grid.voxel_size
    seen = eye.axes @ (middle - eye.position)
    centre = eye.focal_px * seen[:2] / seen[2] + (np.array(SIZE_PX[::-1]) - 1) / 2
    step = 1e-4
    by_col, by_row = ((at(centre + step * way)[0] - at(centre - step * way)[0]) / (2 * step) for way in np.eye(2))
    px_per = 1 / (np.abs(by_col) + np.abs(by_row))
    to_edge_px = min(min(u, 1 - u) * px_per[0], min(v, 1 - v) * px_per[1])
    faded, off = np.clip([(1 / px_per.min() - 0.15) / 0.3, (to_edge_px - 0.35) / 0.8], 0, 1)
    dark = edge * (1 - faded**2 * (3 - 2 * faded))
    shade *= 1 - dark * (1 - off**2 * (3 - 2 * off))
    tint = surface.palettes[surface.groups[position], cell[surface.layer_axis]]
    return 255 * shade * surface.face_shade[2 * axis + side] * tint


def any_eye(rng: np.random.Generator) -> Eye:
    """An eye 13 away from the middle of the grid that looks there."""
    forward = rng.normal(size=3)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, -1.0, 0.0])
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(forward, right), forward])
    return Eye(position=np.array([0.0, 0.0, 4.0]) - 13.0 * forward, axes=axes, focal_px=FOCAL_PX, near=1e-3)


def some_surface(rng: np.random.Generator) -> VoxelSurface:
    cells = np.unravel_index(rng.choice(8**3, 90, replace=False), GRID.shape)
    return surface_of_cells(*zip(*(axis.tolist() for axis in cells), strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_any_view_is_that_of_rays_through_all_voxels(seed):
    rng = np.random.default_rng(seed)
    surface, eye = some_surface(rng), any_eye(rng)
    picture, distances = np.zeros((*SIZE_PX, 3), dtype=np.uint8), np.zeros(SIZE_PX, dtype=np.float32)
    box = paint_surface(surface, eye, 0.4, picture, distances)
    depths, which, axes = meet(surface, eye)
    assert (distances > 0).mean() > 0.05
    # The very border of a voxel may fall to either side.
    assert np.isclose(distances, depths, rtol=1e-4).mean() > 0.998
    np.testing.assert_array_equal(picture.any(axis=2), distances > 0)
    rows, cols = np.nonzero(distances)
    assert box is not None
    assert (box.top_px, box.left_px) <= (rows.min(), cols.min())
    assert not distances[box.rows.stop :].any()
    assert not distances[:, box.columns.stop :].any()
    differences = []
    for row, col in zip(rows[::7], cols[::7], strict=True):
        color = expected_color(surface, eye, 0.4, np.array([col, row], float), which[row, col], axes[row, col])
        differences.append(np.abs(picture[row, col] - color).max())
    assert np.mean(np.array(differences) < 0.51) > 0.98


@pytest.mark.parametrize("seed", [0, 1])
def test_the_picture_does_not_depend_on_the_order_of_voxels(seed):
    rng = np.random.default_rng(seed)
    surface, eye = some_surface(rng), any_eye(rng)
    pictures = []
    for order in (np.arange(90), rng.permutation(90)):
        picture, distances = np.zeros((*SIZE_PX, 4), dtype=np.uint8), np.zeros(SIZE_PX, dtype=np.float32)
        paint_surface(replace(surface, voxels=surface.voxels[order]), eye, 0.4, picture, distances)
        pictures.append(np.dstack([picture, distances]))
    np.testing.assert_array_equal(*pictures)


def test_what_is_not_shown_hides_the_faces_between():
    surface = replace(surface_of_cells((4, 4, 3), (4, 4, 2)), num_shown=1)
    picture, distances = painted(surface)
    assert not distances.any()
    assert not picture.any()
    assert painted(replace(surface, num_shown=2))[1].any()
