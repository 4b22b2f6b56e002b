from __future__ import annotations

import numpy as np

from l3rocc_studio.render.cell_blocks import block_shape, touched_blocks


def test_blocks_hold_every_voxel_and_nothing_else() -> None:
    shape = (7, 5, 9)
    rng = np.random.default_rng(0)
    voxels = rng.choice(np.prod(shape), 60, replace=False)
    blocks = np.stack(np.unravel_index(touched_blocks(voxels, shape, 2), block_shape(shape, 2)), axis=1)
    cells = np.stack(np.unravel_index(voxels, shape), axis=1)
    assert {tuple(cell) for cell in (cells // 2).tolist()} == {tuple(block) for block in blocks.tolist()}
