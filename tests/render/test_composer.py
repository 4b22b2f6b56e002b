from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.render.colormaps import DARK
from l3rocc_studio.render.composer import ComposeStyle, compose, crop_sides, fit_height, plan_layout


def plain(width: int, height: int, color: tuple[int, int, int]) -> np.ndarray:
    return np.full((height, width, 3), color, dtype=np.uint8)


@pytest.mark.parametrize("source", [(640, 480), (1279, 721), (270, 480)])
@pytest.mark.parametrize("height", [101, 240, 719])
@pytest.mark.parametrize("labels", [True, False])
def test_every_size_is_even(source, height, labels):
    layout = plan_layout(source, height, ComposeStyle(gap_px=5, has_labels=labels))
    assert layout.size_px[0] % 2 == layout.size_px[1] % 2 == 0
    assert layout.panel_height_px in (height, height + 1)


def test_the_world_panel_is_cropped_on_both_sides():
    whole = plan_layout((640, 480), 480, ComposeStyle(crop=0.0)).widths_px[1]
    cropped = plan_layout((640, 480), 480, ComposeStyle(crop=0.15)).widths_px[1]
    assert cropped == pytest.approx(0.7 * whole, abs=1)


def test_panels_land_side_by_side_with_gaps():
    style = ComposeStyle(gap_px=10, has_labels=False, background=DARK)
    layout = plan_layout((200, 100), 100, style)
    picture = compose([plain(w, 100, c) for w, c in zip(layout.widths_px, RGB, strict=True)], layout)
    assert picture.shape == (layout.size_px[1], layout.size_px[0], 3)
    for left, width, color in zip(layout.lefts_px, layout.widths_px, RGB, strict=True):
        assert (picture[:100, left : left + width] == color).all()
    gap = picture[:100, layout.widths_px[0] : layout.widths_px[0] + 10]
    assert (gap == np.round(np.multiply(DARK.bottom, 255)).astype(np.uint8)).all()


RGB = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


def test_labels_write_above_each_panel():
    layout = plan_layout((200, 100), 100, ComposeStyle())
    for left, width in zip(layout.lefts_px, layout.widths_px, strict=True):
        strip = layout.canvas[: layout.strip_px, left : left + width]
        assert strip.min() < 128
        assert strip.max() == 255
    assert (layout.canvas[layout.strip_px :] == 255).all()


def test_other_sizes_are_scaled_to_the_panel():
    layout = plan_layout((200, 100), 100, ComposeStyle(has_labels=False))
    picture = compose([plain(50, 25, RGB[0]), plain(777, 333, RGB[1]), plain(3, 9, RGB[2])], layout)
    assert (picture[50, layout.lefts_px[1] + 5] == RGB[1]).all()


def test_crop_and_fit():
    ramp = np.tile(np.arange(100, dtype=np.uint8)[None, :, None], (20, 1, 3))
    assert crop_sides(ramp, 0.15)[0, :, 0].tolist() == list(range(15, 85))
    assert fit_height(ramp, 40).shape == (40, 200, 3)


def test_senseless_styles_are_refused():
    with pytest.raises(ConfigError):
        ComposeStyle(crop=0.5)
    with pytest.raises(ConfigError):
        ComposeStyle(gap_px=-1)
    with pytest.raises(ConfigError):
        plan_layout((640, 480), 10, ComposeStyle())
