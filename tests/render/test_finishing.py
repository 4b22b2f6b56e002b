from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.depth_shading import EDGE_FULL, EDGE_STRENGTH, EDGE_TOLERANCE, Lens, Shading, ambient_shadows
from l3rocc_studio.render.edge_smoothing import MAX_SPAN_PX
from l3rocc_studio.render.finishing import finish_part, finish_picture, smooth_edges
from l3rocc_studio.render.pixel_box import PixelBox

SHADING = Shading(lens=Lens(near=0.5, far=20.0, focal_px=90.0), radius=0.4, step=3)


def some_picture(channels: int, size: tuple[int, int] = (61, 83)) -> tuple[np.ndarray, np.ndarray]:
    """Boxes of any colour and distance before nothing, with a little noise, so that there are edges of all kinds."""
    rng = np.random.default_rng(channels)
    color, distances = np.full((*size, channels), 250, dtype=np.uint8), np.zeros(size, dtype=np.float32)
    if channels == 4:
        color[:] = 0
    for _ in range(25):
        row, col = rng.integers(0, size[0]), rng.integers(0, size[1])
        at = np.s_[row : row + rng.integers(1, 30), col : col + rng.integers(1, 30)]
        color[at], distances[at] = rng.integers(0, 256, channels), rng.uniform(1.0, 4.0)
        color[(*at, slice(3, None))] = 255
    is_full = distances > 0
    color[is_full, :3] -= (color[is_full, :3] > 9) * rng.integers(0, 9, (int(is_full.sum()), 3)).astype(np.uint8)
    return color, distances


def shaded(color: np.ndarray, distances: np.ndarray, shading: Shading) -> np.ndarray:
    """Pixels darkened by hollows, and by how far they lie behind a neighbour; the columns at the ends have none."""
    shades = ambient_shadows(distances, shading).repeat(shading.step, axis=0).repeat(shading.step, axis=1)
    light = shades[: len(color), : color.shape[1]].copy()
    rows = np.pad(distances, ((1, 1), (0, 0)), mode="edge")
    here = distances[:, 1:-1]
    around = [rows[:-2, 1:-1], rows[2:, 1:-1], distances[:, :-2], distances[:, 2:]]
    nearest = np.min([np.where(there > 0, there, here) for there in around], axis=0)
    fall = np.maximum(here - nearest, 0) / np.maximum(here, 1e-12)
    light[:, 1:-1] *= 1 - EDGE_STRENGTH * np.clip((fall - EDGE_TOLERANCE) / EDGE_FULL, 0, 1)
    light[distances == 0] = 1
    result = color.copy()
    result[..., :3] = color[..., :3] * light[..., None] + 0.5
    return result


def softened(color: np.ndarray, least_contrast: int) -> np.ndarray:
    """Edges mixed along themselves, by the definition, one pixel at a time."""
    luma = (color[..., :3].astype(int) @ [77, 150, 29]) >> 8
    if color.shape[2] == 4:
        luma = np.minimum(luma + 255 - color[..., 3], 255)
    result = color.copy()
    for row in range(1, len(color) - 1):
        for col in range(1, color.shape[1] - 1):
            (nw, n, ne), (w, _, e), (sw, s, se) = luma[row - 1 : row + 2, col - 1 : col + 2].tolist()
            cross = [luma[row, col], n, s, w, e]
            if max(cross) - min(cross) < max(least_contrast, max(cross) >> 3):
                continue
            along = np.array([sw + se - nw - ne + 2 * (s - n), nw + sw - ne - se + 2 * (w - e)], dtype=float)
            along /= 1 + np.abs(along).min() + (nw + ne + sw + se) / 32
            right, down = np.clip(along, -MAX_SPAN_PX, MAX_SPAN_PX) / 6
            mixed = np.zeros(color.shape[2])
            for sign in (-1, 1):
                beside, under = int(np.sign(sign * right)), int(np.sign(sign * down))
                for step_x, share_x in ((0, 1 - abs(right)), (beside, abs(right))):
                    for step_y, share_y in ((0, 1 - abs(down)), (under, abs(down))):
                        mixed += 0.5 * share_x * share_y * color[row + step_y, col + step_x]
            result[row, col] = mixed + 0.5
    return result


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("least_contrast", [18, 40])
def test_a_picture_is_finished_as_is_defined(channels, least_contrast):
    color, distances = some_picture(channels)
    expected = softened(shaded(color, distances, SHADING), least_contrast)
    finished = color.copy()
    finish_picture(finished, distances, SHADING, least_contrast)
    assert (finished != color).any(axis=2).mean() > 0.2
    difference = np.abs(finished.astype(int) - expected)
    # Rounding: all else is the same.
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3


def test_without_shading_only_stairs_are_softened():
    color, _ = some_picture(3)
    difference = np.abs(smooth_edges(color).astype(int) - softened(color, 18))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3
    assert (smooth_edges(color) != color).any()


@pytest.mark.parametrize(
    ("left", "top", "width", "height"), [(12, 12, 40, 30), (24, 0, 59, 61), (0, 36, 16, 25), (36, 24, 1, 1)]
)
def test_a_part_is_finished_as_if_it_were_all(left, top, width, height):
    color, distances = some_picture(3)
    box = PixelBox(left_px=left, top_px=top, width_px=width, height_px=height)
    at = (box.rows, box.columns)
    alone = color[at].copy()
    finish_picture(alone, distances[at].copy(), SHADING)
    target = np.full_like(color, 7)
    finish_part(color, distances, box, SHADING, 18, target)
    np.testing.assert_array_equal(target[at], alone)
    target[at] = 7
    assert (target == 7).all()


def test_nothing_is_a_part_too():
    color, distances = some_picture(3)
    target = color.copy()
    finish_part(color, distances, PixelBox(left_px=0, top_px=0, width_px=0, height_px=0), SHADING, 18, target)
    np.testing.assert_array_equal(target, color)
