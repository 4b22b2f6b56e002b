from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.colormaps import BLACK, WHITE
from l3rocc_studio.render.layered_view import LayeredView
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.overlay import overlay_by_depth
from l3rocc_studio.render.world_scene import WorldPart, WorldScene

SIZE = (240, 180)


@pytest.fixture
def layered(room_run, monkeypatch):
    """A scene, its layered view, and the parts that the view drew so far."""
    scene = WorldScene()
    parts: list[WorldPart] = []
    with LayeredView(scene, *SIZE) as view:
        draw_part = view._draw_part
        monkeypatch.setattr(view, "_draw_part", lambda part: (parts.append(part), draw_part(part))[1])
        scene.set_run(room_run)
        yield scene, view, parts
    scene.close()


def test_it_looks_like_a_drawing_of_everything(layered, room_run):
    scene, view, _ = layered
    pictures = []
    for frame_idx in range(room_run.num_frames):
        scene.show_frame(frame_idx)
        pictures.append(view.draw())
    view.close()
    with OffscreenView(scene, *SIZE) as plain:
        for frame_idx, picture in enumerate(pictures):
            scene.show_frame(frame_idx)
            difference = np.abs(plain.draw().astype(int) - picture).max(axis=-1)
            assert difference.mean() < 1.5
            assert (difference > 80).mean() < 0.01


def test_the_cloud_is_drawn_once_for_all_frames(layered):
    scene, view, parts = layered
    for frame_idx in range(5):
        scene.show_frame(frame_idx)
        view.draw()
    assert parts.count(WorldPart.STILL) == 1
    assert parts.count(WorldPart.MOVING) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda scene: scene.set_background(BLACK),
        lambda scene: scene.set_backs_hidden(is_hidden=False),
        lambda scene: scene.set_occupancy_visible(is_visible=True),
        lambda scene: scene.set_growing(grows=True),
        lambda scene: scene.renderer.GetActiveCamera().Azimuth(5.0),
    ],
)
def test_it_is_drawn_again_when_it_changes(layered, change):
    scene, view, parts = layered
    scene.set_background(WHITE)
    view.draw()
    change(scene)
    view.draw()
    assert parts.count(WorldPart.STILL) == 2


def test_a_moving_view_draws_everything(layered):
    scene, view, parts = layered
    scene.set_view(ViewKind.FOLLOW)
    assert view.draw().max() > 0
    assert parts == []


def test_the_nearer_picture_wins_and_nothing_else_changes():
    still, moving = np.zeros((9, 9, 3), np.uint8), np.full((9, 9, 3), 200, np.uint8)
    still_depth, moving_depth = np.full((9, 9), 0.5, np.float32), np.ones((9, 9), np.float32)
    moving_depth[1:4, 1:4], moving_depth[6:8, 6:8] = 0.3, 0.7
    result = overlay_by_depth(still, still_depth, moving, moving_depth)
    assert (result[2, 2] == 200).all()
    assert (result[5:, :] == 0).all()
    assert 0 < result[1, 1, 0] < 200
    assert (still == 0).all()


def test_where_nothing_moves_nothing_is_laid_over():
    still = np.random.default_rng(0).integers(0, 256, (5, 4, 3)).astype(np.uint8)
    far = np.ones((5, 4), np.float32)
    np.testing.assert_array_equal(overlay_by_depth(still, far, 255 - still, far), still)
