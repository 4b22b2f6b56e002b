from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.run import Run
from l3rocc_studio.model.looks import CloudColor, CloudLook
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe, WorldPreset
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.film_view import Picture
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.prepared_world import PreparedWorld, prepare_world
from l3rocc_studio.render.view_picture import ViewPictures
from l3rocc_studio.render.world_scene import WorldScene

BLUE = Background(bottom=(0.0, 0.0, 1.0), top=(0.0, 0.0, 1.0), line=(1.0, 1.0, 1.0), text=(1.0, 1.0, 1.0))
SIZE_PX = (104, 64)


@pytest.fixture(scope="module")
def prepared(room_run: Run) -> PreparedWorld:
    return prepare_world(room_run)


def pictures(run: Run, prepared: PreparedWorld, look: CloudLook | None = None) -> ViewPictures:
    return ViewPictures(run, prepared, look or CloudLook(), BLUE, SIZE_PX)


def cover(picture: Picture) -> np.ndarray:
    """(H, W) bool, where there is something before the blue."""
    return np.abs(picture.astype(int) - (0, 0, 255)).max(axis=2) > 60


def drawn(run: Run, prepared: PreparedWorld, pose: CameraPose) -> Picture:
    """The cloud as the panel draws it."""
    scene = WorldScene()
    try:
        scene.set_run(run, prepared)
        scene.set_look(replace(CloudLook(), has_path=False, has_camera=False, has_picture=False, has_keyframes=False))
        scene.set_background(BLUE)
        scene.set_camera_pose(pose)
        view = OffscreenView(scene, *SIZE_PX)
        picture = view.draw()
        view.close()
        return picture
    finally:
        scene.close()


@pytest.mark.parametrize("parallel_scale", [None, 2.0])
def test_it_is_what_the_panel_shows(room_run: Run, prepared: PreparedWorld, parallel_scale: float | None) -> None:
    pose = CameraPose(
        position=(0.4, -6.0, 3.0),
        focal_point=(0.0, 0.3, 0.2),
        view_up=(0.0, 0.0, 1.0),
        view_angle_deg=40.0,
        parallel_scale=parallel_scale,
    )
    picture = pictures(room_run, prepared).picture_from(pose)
    assert picture.shape == (64, 104, 3)
    here, there = cover(picture), cover(drawn(room_run, prepared, pose))
    assert there.sum() > 300, "the room is in the picture"
    assert (here & there).sum() / (here | there).sum() > 0.85
    color = picture[here & there].mean(axis=0) - drawn(room_run, prepared, pose)[here & there].mean(axis=0)
    assert np.abs(color).max() < 20


def test_presets_are_those_of_the_frame_and_looks_are_the_panels(room_run: Run, prepared: PreparedWorld) -> None:
    made = pictures(room_run, prepared)
    first, later = (made.picture(ViewKeyframe(frame_idx=frame, view=WorldPreset.FIRST_PERSON)) for frame in (0, 5))
    assert (first != later).any()
    top = ViewKeyframe(frame_idx=2, view=WorldPreset.TOP)
    by_height = pictures(room_run, prepared, CloudLook(color=CloudColor.HEIGHT)).picture(top)
    np.testing.assert_array_equal(made.picture(top), made.picture(replace(top, frame_idx=4)))
    assert (made.picture(top) != by_height).any()
