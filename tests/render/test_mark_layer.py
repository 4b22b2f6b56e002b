from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.model.marks3d import MarkLine, SceneMarks
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.colormaps import BLACK
from l3rocc_studio.render.mark_layer import LINE_COLOR, MARK_COLOR
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.projection import project
from l3rocc_studio.render.world_parts import WorldPart
from l3rocc_studio.render.world_scene import WorldScene

SIZE = (300, 200)


@pytest.fixture
def shown():
    scene = WorldScene()
    scene.set_background(BLACK)
    scene.cameras.set_cameras(None)
    with OffscreenView(scene, *SIZE) as view:
        scene.set_camera_pose(
            CameraPose(position=(0.0, 0.0, -5.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))
        )
        yield scene, view
    scene.close()


def where(picture: np.ndarray, color, tolerance: int = 60) -> np.ndarray:
    wanted = np.round(np.multiply(color, 255))
    return np.argwhere((np.abs(picture.astype(int) - wanted) < tolerance).all(axis=-1))


@pytest.mark.parametrize("distance", [2.0, 5.0, 20.0])
def test_a_ball_keeps_its_size_on_the_screen(shown, distance):
    scene, view = shown
    scene.set_camera_pose(
        CameraPose(position=(0.0, 0.0, -distance), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))
    )
    place = (0.2 * distance, 0.1 * distance, 0.0)
    scene.marks.set_marks(SceneMarks(balls=(place,)))
    found = where(view.draw(), MARK_COLOR, 110)
    (pixel,), _ = project(scene.renderer, np.array([place]))
    np.testing.assert_allclose(found.mean(axis=0), (SIZE[1] - pixel[1], pixel[0]), atol=1.5)
    assert np.ptp(found, axis=0) == pytest.approx((9, 9), abs=2)


def test_lines_have_their_text_and_the_chosen_one_stands_out(shown):
    scene, view = shown
    line = MarkLine(first=(-1.0, 0.0, 0.0), second=(1.0, 0.0, 0.0), text="2.000 m")
    bare = view.draw()
    scene.marks.set_marks(SceneMarks(lines=(line,)))
    plain = view.draw()
    assert len(where(plain, LINE_COLOR)) > 60
    assert len(where(plain, (1.0, 1.0, 1.0), 40)) > 20, "the text is white"
    chosen = MarkLine(first=line.first, second=line.second, text=line.text, is_chosen=True)
    scene.marks.set_marks(SceneMarks(lines=(chosen,)))
    assert len(where(view.draw(), MARK_COLOR)) > 80
    scene.marks.set_marks(SceneMarks())
    assert np.array_equal(view.draw(), bare), "nothing stays behind"


def test_a_voxel_is_outlined(shown):
    scene, view = shown
    scene.marks.set_marks(SceneMarks(cubes=(((0.0, 0.0, 0.0), 1.0),)))
    found = where(view.draw(), MARK_COLOR, 90)
    low, high = found.min(axis=0), found.max(axis=0)
    assert (high - low)[0] == pytest.approx((high - low)[1], abs=3), "it is as wide as high"
    inside = (found > low + 8).all(axis=1) & (found < high - 8).all(axis=1)
    assert inside.mean() < 0.35, "its middle is open"


def test_marks_belong_to_what_moves_so_that_no_kept_picture_holds_them(shown):
    scene, _ = shown
    scene.marks.set_marks(SceneMarks(balls=((0.0, 0.0, 0.0),)))
    (ball,) = scene.marks.actors()
    with scene.only(WorldPart.STILL):
        assert not ball.GetVisibility()
    with scene.only(WorldPart.MOVING):
        assert ball.GetVisibility()


def test_marks_go_to_another_frame():
    matrix = np.eye(4)
    matrix[:3, 3] = (1.0, 2.0, 3.0)
    line = MarkLine(first=(0.0, 0.0, 0.0), second=(1.0, 0.0, 0.0), text="1 m")
    cube = ((9.0, 9.0, 9.0), 0.1)
    moved = SceneMarks(balls=((0.0, 0.0, 1.0),), lines=(line,)).moved(matrix, cubes=(cube,))
    assert moved.balls == ((1.0, 2.0, 4.0),)
    assert moved.lines[0].second == (2.0, 2.0, 3.0)
    assert moved.cubes == (cube,)


def test_nothing_hides_a_mark(shown, room_run):
    scene, view = shown
    scene.set_run(room_run)
    middle, behind = np.median(room_run.cloud.points_world, axis=0), room_run.trajectory.centres_world[0]
    scene.set_camera_pose(CameraPose(position=tuple(behind), focal_point=tuple(middle), view_up=(0.0, 0.0, 1.0)))
    far = tuple(float(value) for value in middle + 0.9 * (middle - behind))
    bare = len(where(view.draw(), MARK_COLOR, 50))
    scene.marks.set_marks(SceneMarks(balls=(far,)))
    assert len(where(view.draw(), MARK_COLOR, 110)) > bare + 30
