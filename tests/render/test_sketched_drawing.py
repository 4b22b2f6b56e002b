from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from l3rocc_engine.run import Run
from l3rocc_studio.model.looks import OccupancyLook
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.sketched_drawing import SketchedDrawing

SIZE = (241, 180)
FRAMES = (0, 3, 5, 1)


class SketchView(OffscreenView):
    """An off-screen picture drawn the way that the window draws."""

    def __init__(self, scene: OccupancyScene) -> None:
        super().__init__(scene, *SIZE)
        self.drawing, self.scene = SketchedDrawing(scene), scene

    def _render(self) -> None:
        self.drawing.draw(self._window)

    def show_coarse(self, frame_idx: int) -> NDArray[np.uint8]:
        """A frame as it passes by."""
        self.drawing.renew_canvas(self._window)
        self.scene.show_frame(frame_idx, self.scene.prepare_frame(frame_idx, self.scene.style(Detail.COARSE)))
        return self.read()

    def read(self) -> NDArray[np.uint8]:
        """Draw, and read what goes to the screen."""
        self._render()
        self._window.GetPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, True, self._pixels, 0)
        return np.array(self._pixels, dtype=np.uint8).reshape(SIZE[1], SIZE[0], 3)[::-1]


@pytest.fixture
def sketched(room_run: Run) -> Iterator[tuple[OccupancyScene, SketchView]]:
    scene = OccupancyScene(builds_meshes=False)
    view = SketchView(scene)
    scene.set_run(room_run)
    yield scene, view
    view.close()
    scene.close()


def without_history(scene: OccupancyScene) -> None:
    scene.set_look(replace(scene.look, has_history=False))


@pytest.mark.parametrize("has_history", [False, True])
def test_sketches_look_like_drawings(has_history: bool, sketched: tuple[OccupancyScene, SketchView]) -> None:
    scene, view = sketched
    scene.set_look(replace(scene.look, has_history=has_history, history_len=2, history_step=1))
    sketches = [view.show_coarse(frame_idx) for frame_idx in FRAMES]
    assert view.drawing.num_canvases == 1, "what stands around the voxels is drawn once"
    assert scene.sketch is not None
    for frame_idx, sketch in zip(FRAMES, sketches, strict=True):
        scene.show_frame(frame_idx, scene.prepare_frame(frame_idx, scene.style(Detail.FULL)))
        assert scene.sketch is None
        drawn = view.read()
        difference = np.abs(drawn.astype(int) - sketch).max(axis=-1)
        assert difference.mean() < 3.0
        assert (difference > 60).mean() < 0.02
    assert np.abs(sketches[0].astype(int) - sketches[1]).max() > 60, "frames differ"


def test_a_full_frame_is_painted_and_its_mesh_changes_nothing_until_the_view_does(
    sketched: tuple[OccupancyScene, SketchView],
) -> None:
    scene, view = sketched
    scene.rests_painted = True
    view.drawing.renew_canvas(view._window)
    scene.show_frame(3, scene.prepare_frame(3, scene.style(Detail.FULL)))
    painted = view.read()
    assert scene.counts is not None and scene.counts.is_rough and view.drawing.was_put
    style = scene.mesh_style
    assert style is not None and style.canvas is None
    scene.add_mesh(scene.prepare_frame(2, style))
    assert scene.mesh_style is not None, "another frame's mesh is of no use"
    mesh = scene.prepare_frame(3, style)
    assert mesh is not None
    scene.add_mesh(mesh)
    assert scene.mesh_style is None and not scene.counts.is_rough
    np.testing.assert_array_equal(view.read(), painted)
    view.drawing.forget()
    drawn = view.read()
    assert not view.drawing.was_put
    difference = np.abs(drawn.astype(int) - painted).max(axis=-1)
    assert difference.mean() < 3.0
    assert (difference > 60).mean() < 0.02


def test_pixels_without_voxels_are_those_of_the_canvas(sketched: tuple[OccupancyScene, SketchView]) -> None:
    scene, view = sketched
    view.show_coarse(2)
    assert scene.sketch is not None and scene.canvas is not None
    is_voxel = (scene.sketch.color != scene.canvas.color).any(axis=-1)
    assert 0.01 < is_voxel.mean() < 0.9
    assert np.array_equal(view.read(), scene.sketch.color)


@pytest.mark.parametrize("change", ["camera", "background", "box", "size"])
def test_another_view_gets_another_canvas(change: str, sketched: tuple[OccupancyScene, SketchView]) -> None:
    scene, view = sketched
    view.show_coarse(0)
    if change == "camera":
        scene.renderer.GetActiveCamera().Azimuth(10.0)
    elif change == "background":
        scene.set_background(replace(scene.background, top=(1.0, 1.0, 1.0)))
    elif change == "box":
        scene.set_look(replace(scene.look, has_box=not scene.look.has_box))
    else:
        view._window.SetSize(SIZE[0] - 40, SIZE[1])
    view.drawing.renew_canvas(view._window)
    assert view.drawing.num_canvases == 2


def test_a_turned_camera_is_drawn_with_the_voxels_of_the_frame(sketched: tuple[OccupancyScene, SketchView]) -> None:
    scene, view = sketched
    without_history(scene)
    scene.show_frame(0, scene.prepare_frame(0, scene.style(Detail.FULL)))
    view.show_coarse(4)
    scene.renderer.GetActiveCamera().Azimuth(20.0)
    turned = view.read()
    scene.show_frame(4, scene.prepare_frame(4, replace(scene.style(Detail.COARSE), canvas=None)))
    scene.canvas = None
    assert np.array_equal(turned, view.read()), "not those of the frame that was handed over before"


def test_what_is_translucent_is_not_sketched(sketched: tuple[OccupancyScene, SketchView]) -> None:
    scene, view = sketched
    view.show_coarse(0)
    scene.set_look(replace(OccupancyLook(), has_free=True))
    view.show_coarse(1)
    assert scene.canvas is None and scene.sketch is None


def test_only_the_surface_of_a_passing_frame_is_counted(sketched: tuple[OccupancyScene, SketchView]) -> None:
    scene, view = sketched
    view.show_coarse(1)
    rough = scene.counts
    assert rough is not None and rough.is_rough and rough.free is None
    scene.show_frame(1, scene.prepare_frame(1, scene.style(Detail.FULL)))
    exact = scene.counts
    assert exact is not None and not exact.is_rough
    assert exact.visible == rough.visible and exact.free is not None
