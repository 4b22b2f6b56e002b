from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.cell_bits import cells_around, marked_words, places_of, touching, words_a_row

SHAPES = [(5, 4, 3), (3, 4, 62), (3, 4, 63), (4, 3, 130)]


def some_voxels(shape: tuple[int, int, int], seed: int) -> np.ndarray:
    count = int(np.prod(shape))
    return np.sort(np.random.default_rng(seed).choice(count, count // 4, replace=False)).astype(np.int32)


@pytest.mark.parametrize("shape", [*SHAPES, (1290, 1290, 1290)])
def test_places_are_those_of_c_order(shape):
    last = int(np.prod(shape)) - 1
    indices = np.unique(np.linspace(0, last, 50_000).astype(np.int64)).astype(np.int32)
    np.testing.assert_array_equal(places_of(indices, shape), np.unravel_index(indices, shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_all_27_cells_around_each_are_found(shape):
    solid = np.zeros([count + 2 for count in shape], dtype=bool)
    voxels = some_voxels(shape, 1)
    solid[tuple(axis + 1 for axis in np.unravel_index(voxels, shape))] = True
    per_row = int(words_a_row(shape))
    weights = 1 << np.arange(27).reshape(3, 3, 3)
    with marked_words(places_of(voxels, shape), shape) as words:
        for x, y, z in np.ndindex(shape):
            steps = (np.uint32((shape[1] + 2) * per_row), np.uint32(per_row))
            found = cells_around(words, np.uint32(x), np.uint32(y), np.uint32(z), *steps)
            assert found == (weights * solid[x : x + 3, y : y + 3, z : z + 3]).sum()


@pytest.mark.parametrize("shape", SHAPES)
def test_touching_is_that_of_all_pairs(shape):
    some, others = some_voxels(shape, 2)[::3], some_voxels(shape, 3)[::9]
    one, other = (np.stack(np.unravel_index(voxels, shape)) for voxels in (some, others))
    away = np.abs(one[:, :, None] - other[:, None])
    is_near = (away.max(axis=0) <= 1).any(axis=1)
    assert 0.05 < is_near.mean() < 0.95
    np.testing.assert_array_equal(touching(some, others, shape), is_near)


def test_touching_counts_faces_edges_corners_and_the_voxel_itself():
    shape = (7, 6, 7)
    cells = [(3, 2, 2), (4, 2, 2), (4, 3, 2), (2, 1, 1), (5, 2, 2), (3, 2, 4), (0, 0, 0), (6, 4, 5)]
    flat = np.array([np.ravel_multi_index(cell, shape) for cell in cells])
    assert touching(flat, flat[:1], shape).tolist() == [True, True, True, True, False, False, False, False]
    assert not touching(flat, flat[:0], shape).any()


def test_nothing_of_the_cells_before_is_left():
    shape = (4, 4, 4)
    assert touching(np.array([0]), np.array([1]), shape).tolist() == [True]
    assert touching(np.array([0]), np.array([63]), shape).tolist() == [False]
