from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.render.depth_picture import DepthPart, DepthPicture
from l3rocc_studio.render.ground import Ground
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.way_picture import WayPicture

HEIGHT, WIDTH, NUM_FRAMES = 30, 40, 12
BOX = PixelBox(left_px=5, top_px=4, width_px=32, height_px=20)


def still(channels: int) -> DepthPicture:
    rng = np.random.default_rng(1)
    distances = rng.choice(np.array([0.0, 1.0, 3.0], dtype=np.float32), size=(HEIGHT, WIDTH))
    return DepthPicture(
        color=rng.integers(0, 256, (HEIGHT, WIDTH, channels), dtype=np.uint8), distances=distances.astype(np.float32)
    )


def way(channels: int) -> WayPicture:
    """Across the box, two pixels wide, each pixel passed a little later than the one to its left."""
    rng = np.random.default_rng(2)
    distances = np.zeros((BOX.height_px, BOX.width_px), dtype=np.float32)
    for col in range(2, 30):
        distances[col // 2 : col // 2 + 2, col] = 2.0
    places = np.flatnonzero(distances > 0.0)
    color = np.zeros((*distances.shape, channels), dtype=np.uint8)
    color.reshape(-1, channels)[places] = rng.integers(0, 256, (len(places), channels))
    return WayPicture(
        ahead=DepthPart(picture=DepthPicture(color=color, distances=distances), box=BOX),
        places=places,
        passed=rng.integers(0, 256, (len(places), channels), dtype=np.uint8),
        first_frames=(places % BOX.width_px * NUM_FRAMES // BOX.width_px + 1).astype(np.int32),
    )


def part(channels: int) -> DepthPart:
    box = PixelBox(left_px=12, top_px=6, width_px=9, height_px=8)
    picture = DepthPicture(
        color=np.full((8, 9, channels), 90, dtype=np.uint8), distances=np.full((8, 9), 2.5, dtype=np.float32)
    )
    return DepthPart(picture=picture, box=box)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_way_lies_there_as_if_it_were_laid_anew_and_changes_only_where_it_says(channels):
    ground, shown = Ground(still(channels)), way(channels)
    ground.show_way(shown, 0)
    sizes = []
    for frame_idx in (1, 2, 7, 7, 3, 0, NUM_FRAMES, 5):
        before = ground.picture.color.copy()
        box = ground.show_way(shown, frame_idx)
        fresh = Ground(still(channels))
        fresh.show_way(shown, frame_idx)
        np.testing.assert_array_equal(ground.picture.color, fresh.picture.color)
        np.testing.assert_array_equal(ground.picture.distances, fresh.picture.distances)
        is_other = (ground.picture.color != before).any(axis=2)
        if box is not None:
            is_other[box.rows, box.columns] = False
            sizes.append(box.width_px * box.height_px)
        assert not is_other.any()
    assert len(sizes) == 7
    assert min(sizes) < BOX.width_px * BOX.height_px / 8


def test_a_part_is_hidden_by_what_is_nearer_of_way_and_ground_and_can_be_taken_off():
    ground, shown = Ground(still(3)), way(3)
    ground.show_way(shown, 4)
    before, laid = ground.picture.color.copy(), part(3)
    distances = ground.picture.distances[laid.box.rows, laid.box.columns].copy()
    ground.lay(laid)
    seen = ground.picture.color[laid.box.rows, laid.box.columns]
    is_hidden = (distances > 0.0) & (distances < 2.5)
    assert is_hidden.any()
    # Borders are soft: a pixel is half its own.
    is_mostly_grey = np.abs(seen.astype(int) - 90).max(axis=2) <= 110
    assert is_mostly_grey[~is_hidden].all()
    assert not is_mostly_grey[is_hidden].all()
    ground.take_off()
    np.testing.assert_array_equal(ground.picture.color, before)


def test_a_way_can_be_removed():
    ground, shown = Ground(still(3)), way(3)
    assert ground.show_way(shown, 4) == BOX
    assert ground.show_way(None, 5) == BOX
    np.testing.assert_array_equal(ground.picture.color, still(3).color)
    np.testing.assert_array_equal(ground.picture.distances, still(3).distances)
    assert ground.show_way(None, 6) is None
