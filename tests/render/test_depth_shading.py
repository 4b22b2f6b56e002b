from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.depth_shading import Lens, Shading, ambient_shadows, to_distances
from l3rocc_studio.render.finishing import finish_picture, smooth_edges
from l3rocc_studio.render.overlay import lay_over, veil_by_distance

LENS = Lens(near=0.5, far=20.0, focal_px=120.0)
HEIGHT, WIDTH = 120, 160


def corner() -> np.ndarray:
    """Distances along z of two walls that meet in the middle of the picture, 2 away from the eye at most."""
    x = (np.arange(WIDTH) - WIDTH / 2 + 0.5) / LENS.focal_px
    return np.tile((2.0 / (1.0 + np.abs(x))).astype(np.float32), (HEIGHT, 1))


def plane() -> np.ndarray:
    """A floor seen at a slant."""
    y = (np.arange(HEIGHT) - HEIGHT / 2 + 0.5) / LENS.focal_px
    return np.repeat((1.0 / (0.3 + 0.4 * y)).astype(np.float32)[:, None], WIDTH, axis=1)


def test_distances_are_those_of_the_depth_buffer():
    z = np.array([[0.5, 1.0, 20.0]], dtype=np.float32)
    depth = ((1 / z - 1 / LENS.near) / (1 / LENS.far - 1 / LENS.near)).astype(np.float32)
    assert to_distances(depth[:, :2], LENS)[0].tolist() == pytest.approx([0.5, 1.0], rel=1e-4)
    assert to_distances(np.ones((1, 1), dtype=np.float32), LENS)[0, 0] == 0.0


def test_hollows_are_dark_and_walls_are_not():
    shades = ambient_shadows(corner(), Shading(lens=LENS, radius=0.3))[20:40]
    middle, wall = shades[:, 39:41].mean(), shades[:, 10:20].mean()
    assert wall > 0.97
    assert middle < 0.85


@pytest.mark.parametrize("step", [2, 3])
def test_a_plane_stays_bright_however_it_is_slanted(step):
    shades = ambient_shadows(plane(), Shading(lens=LENS, radius=0.2, step=step))
    assert shades[8:-8, 8:-8].min() > 0.95


def test_nothing_is_shaded_where_nothing_is():
    picture = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
    finish_picture(picture, np.zeros((HEIGHT, WIDTH), dtype=np.float32), Shading(lens=LENS, radius=0.3))
    assert (picture == 255).all()


def test_what_lies_behind_an_edge_is_outlined():
    distances = np.full((HEIGHT, WIDTH), 4.0, dtype=np.float32)
    distances[:, : WIDTH // 2] = 2.0
    picture = np.full((HEIGHT, WIDTH, 3), 200, dtype=np.uint8)
    finish_picture(picture, distances, Shading(lens=LENS, radius=0.1), least_contrast=255)
    assert (picture[:, WIDTH // 2] < 120).all()
    assert (picture[10:-10, WIDTH // 2 - 1] == 200).all()


def test_stairs_become_slopes_and_plain_areas_stay_as_they_are():
    picture = np.full((60, 60, 3), 255, dtype=np.uint8)
    picture[np.arange(60)[:, None] > np.arange(60)[None, :] * 0.3 + 20] = 0
    smooth = smooth_edges(picture)
    assert len(np.unique(smooth)) >= 5
    is_far = np.abs(np.arange(60)[:, None] - np.arange(60)[None, :] * 0.3 - 20) > 3
    np.testing.assert_array_equal(smooth[is_far], picture[is_far])


def test_a_veil_lets_through_what_is_behind_and_hides_nothing_in_front():
    picture = np.full((4, 4, 3), 200, dtype=np.uint8)
    distances = np.full((4, 4), 2.0, dtype=np.float32)
    distances[0] = 0.0
    veil, veil_distances = np.zeros_like(picture), np.full((4, 4), 3.0, dtype=np.float32)
    veil_distances[:, :2], veil_distances[:, 3] = 1.5, 0.0
    veil_by_distance(picture, distances, veil, veil_distances, 0.25, 1.0)
    assert (picture[1:, :2] == 150).all()
    assert (picture[1:, 2:] == 200).all()
    assert picture[0, :, 0].tolist() == [150, 150, 150, 200]
    assert distances[:2].tolist() == [[1.5, 1.5, 3.0, 0.0], [1.5, 1.5, 2.0, 2.0]]
    far = np.full((4, 4, 3), 200, dtype=np.uint8)
    veil_by_distance(far, np.full((4, 4), 4.1, dtype=np.float32), veil, veil_distances, 0.25, 1.0)
    assert (far == 200).all()


def test_overlays_of_clear_pictures_are_solid_where_something_is():
    picture, moving = np.zeros((11, 12, 4), dtype=np.uint8), np.zeros((9, 9, 4), dtype=np.uint8)
    distances, moving_distances = (np.zeros(size, dtype=np.float32) for size in ((11, 12), (9, 9)))
    distances[5, 7], distances[3, 5] = 3.0, 1.0
    moving[2:7, 2:7], moving_distances[2:7, 2:7] = (10, 20, 30, 255), 2.0
    lay_over(picture, distances, moving, moving_distances, (1, 3))
    assert picture[4:7, 6:9].reshape(-1, 4)[1:].tolist() == [[10, 20, 30, 255]] * 8
    # Softened at its border, and where something nearer stands.
    assert 128 < picture[3, 7, 3] < 255
    assert 0 < picture[3, 5, 3] < 128
    assert not picture[:2].any()
    assert not picture[:, :4].any()


@pytest.mark.parametrize("channels", [3, 4])
def test_what_moves_is_mixed_with_the_rest_by_how_much_of_its_neighbours_is_in_front(channels):
    rng = np.random.default_rng(6)
    height, width, (top, left) = 20, 90, (3, 5)
    picture = rng.integers(0, 256, (height + 6, width + 9, channels), dtype=np.uint8)
    distances = rng.choice(np.array([0.0, 1.0, 3.0], dtype=np.float32), size=picture.shape[:2])
    moving = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
    moving_distances = np.where(rng.random((height, width)) < 0.3, 2.0, 0.0).astype(np.float32)
    moving_distances[:, 30:75] = 0.0
    there = distances[top : top + height, left : left + width]
    is_front = (moving_distances > 0.0) & ((there == 0.0) | (moving_distances < there))
    # At its borders a pixel is its own neighbour.
    front = np.pad(is_front, 1, mode="edge")[..., None] * 1.0
    colors = np.pad(moving, ((1, 1), (1, 1), (0, 0)), mode="edge") * front
    wanted, rest = np.zeros(moving.shape), np.ones((height, width, 1))
    for down, shares in enumerate(((1, 2, 1), (2, 12, 2), (1, 2, 1))):
        for right, share in enumerate(shares):
            at = np.s_[down : down + height, right : right + width]
            wanted += share / 24 * colors[at]
            rest -= share / 24 * front[at]
    result = picture.copy()
    wanted += rest * result[top : top + height, left : left + width]
    lay_over(result, distances, moving, moving_distances, (top, left))
    np.testing.assert_allclose(result[top : top + height, left : left + width], wanted, atol=0.51)
    result[top : top + height, left : left + width] = picture[top : top + height, left : left + width]
    np.testing.assert_array_equal(result, picture)
