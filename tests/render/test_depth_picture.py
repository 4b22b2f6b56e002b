from __future__ import annotations

import numpy as np

from l3rocc_studio.render.depth_picture import make_greys_translucent


def over(picture: np.ndarray, behind: float) -> np.ndarray:
    cover = picture[..., 3:] / 255.0
    return picture[..., :3] + (1.0 - cover) * behind


def test_grey_lines_look_as_before_on_white_and_are_faint_on_black() -> None:
    greys = np.array([[[225, 225, 228, 255], [170, 172, 180, 255], [140, 140, 140, 255]]], np.uint8)
    seen = greys.copy()
    make_greys_translucent(seen)
    np.testing.assert_allclose(over(seen, 255.0), greys[..., :3], atol=9)
    assert (over(seen, 0.0) <= 129).all()
    assert over(seen, 0.0)[0, 0].max() < 40


def test_colours_dark_lines_and_what_is_clear_stay_as_they_are() -> None:
    others = np.array([[[229, 56, 59, 255], [40, 40, 40, 255], [0, 0, 0, 0], [100, 100, 100, 120]]], np.uint8)
    seen = others.copy()
    make_greys_translucent(seen)
    np.testing.assert_array_equal(seen, others)
    opaque = others[..., :3].copy()
    make_greys_translucent(opaque)
    np.testing.assert_array_equal(opaque, others[..., :3])
