from __future__ import annotations

import numpy as np

from l3rocc_studio.render.cell_blocks import MAX_BLOCKS, MIN_FILL, block_factor, block_shape, filled_blocks

SHAPE = (7, 5, 9)


def test_blocks_are_those_that_are_mostly_filled() -> None:
    is_in = np.random.default_rng(1).random(SHAPE) < 0.85
    packed = np.packbits(is_in)
    for factor in (1, 2, 3):
        expected = []
        shape = block_shape(SHAPE, factor)
        for flat in range(int(np.prod(shape))):
            x, y, z = (factor * i for i in np.unravel_index(flat, shape))
            block = is_in[x : x + factor, y : y + factor, z : z + factor]
            if block.sum() >= MIN_FILL * block.size:
                expected.append(flat)
        assert filled_blocks(packed, SHAPE, factor).tolist() == expected


def test_voxels_can_be_left_out() -> None:
    packed = np.packbits(np.ones(SHAPE, dtype=bool))
    assert len(filled_blocks(packed, SHAPE, 1)) == np.prod(SHAPE)
    left = filled_blocks(packed, SHAPE, 1, without=np.array([0, 17]))
    assert set(range(int(np.prod(SHAPE)))) - set(left.tolist()) == {0, 17}


def test_large_grids_have_few_blocks() -> None:
    assert block_factor((200, 125, 200)) == 4
    assert np.prod(block_shape((200, 125, 200), 4)) <= MAX_BLOCKS
    assert block_factor((20, 20, 20)) == 1
