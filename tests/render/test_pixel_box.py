from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.pixel_box import NOWHERE, PixelBox

BOX = PixelBox(left_px=5, top_px=4, width_px=9, height_px=8)


@pytest.mark.parametrize(
    ("left", "top", "width", "height"),
    [
        (5, 4, 9, 8),
        (0, 0, 20, 20),
        (7, 6, 2, 3),
        (0, 0, 7, 20),
        (8, 0, 20, 6),
        (0, 7, 20, 2),
        (14, 4, 3, 3),
        (6, 12, 2, 2),
    ],
)
def test_what_is_outside_another_box_is_each_pixel_that_is_not_in_it_once(left, top, width, height):
    other = PixelBox(left_px=left, top_px=top, width_px=width, height_px=height)
    count, expected = np.zeros((30, 30), dtype=int), np.zeros((30, 30), dtype=int)
    expected[BOX.rows, BOX.columns] = 1
    expected[other.rows, other.columns] = 0
    for part in BOX.outside(other):
        count[part.rows, part.columns] += 1
    np.testing.assert_array_equal(count, expected)


def test_all_is_outside_of_nowhere_and_nothing_of_nowhere_is_anywhere():
    assert BOX.outside(NOWHERE) == [BOX]
    assert sum(part.width_px * part.height_px for part in NOWHERE.outside(BOX)) == 0
