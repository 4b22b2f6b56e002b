from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from l3rocc_engine.run import Run
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.colormaps import WHITE
from l3rocc_studio.render.kept_layer import KeptLayer
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.world_scene import WorldScene

SIZE = (240, 180)


class KeptView(OffscreenView):
    """An off-screen picture drawn the way that the window draws."""

    def __init__(self, scene: WorldScene) -> None:
        super().__init__(scene, *SIZE)
        self.layer = KeptLayer(scene)

    def _render(self) -> None:
        self.layer.draw(self._window)


@pytest.fixture
def kept(room_run: Run) -> Iterator[tuple[WorldScene, KeptView]]:
    scene = WorldScene()
    view = KeptView(scene)
    scene.set_run(room_run)
    yield scene, view
    view.close()
    scene.close()


def test_every_frame_looks_like_a_drawing_of_everything(kept: tuple[WorldScene, KeptView], room_run: Run) -> None:
    scene, view = kept
    order = [0, 3, 5, 1, 4, 2]
    pictures = []
    for frame_idx in order:
        scene.show_frame(frame_idx)
        pictures.append(view.draw())
    assert view.layer.num_still_drawings == 1
    view.layer.forget()
    view.close()
    with OffscreenView(scene, *SIZE) as plain:
        for frame_idx, picture in zip(order, pictures, strict=True):
            scene.show_frame(frame_idx)
            difference = np.abs(plain.draw().astype(int) - picture).max(axis=-1)
            assert difference.mean() < 1.5
            assert (difference > 80).mean() < 0.01


def test_what_changes_is_drawn_again(kept: tuple[WorldScene, KeptView]) -> None:
    scene, view = kept
    view.draw()
    scene.set_background(WHITE)
    assert view.draw().max() == 255
    scene.renderer.GetActiveCamera().Azimuth(5.0)
    view.draw()
    assert view.layer.num_still_drawings == 3


def test_a_moving_view_keeps_nothing(kept: tuple[WorldScene, KeptView]) -> None:
    scene, view = kept
    scene.set_view(ViewKind.FOLLOW)
    assert view.draw().max() > 0
    assert view.layer.num_still_drawings == 0
