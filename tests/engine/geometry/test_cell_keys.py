from __future__ import annotations

import numpy as np

from l3rocc_engine.geometry.cell_keys import HALF, cells_of_keys, keys_of_cells


def test_every_cell_has_a_key_of_its_own_up_to_the_border() -> None:
    edge = np.array([-HALF, -1, 0, 1, HALF - 1])
    cells = np.stack(np.meshgrid(edge, edge, edge, indexing="ij"), axis=-1).reshape(-1, 3)
    keys = keys_of_cells(cells)
    np.testing.assert_array_equal(cells_of_keys(keys), cells)
    assert (np.diff(keys) > 0).all() and keys[0] == 0, "in the order of x, y, z, and never negative"
