from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.colormaps import BLACK, WHITE
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.world_scene import WorldScene


@pytest.mark.parametrize("background", [BLACK, WHITE])
def test_a_transparent_picture_has_the_wanted_size_and_no_trace_of_the_background(room_run, background):
    scene = OccupancyScene()
    scene.set_background(background)
    scene.set_run(room_run)
    with OffscreenView(scene, 160, 120) as view:
        before = view.draw()
        picture = view.draw_transparent()
        after = view.draw()
    scene.close()
    assert picture.shape == (120, 160, 4)
    assert np.array_equal(before, after), "the scene is drawn as it was"
    alpha = picture[..., 3]
    assert (alpha == 0).any() and (alpha == 255).any()
    assert ((alpha > 0) & (alpha < 255)).any(), "borders are soft"
    assert (picture[alpha == 0] == 0).all()
    # What is opaque looks as it does on the background.
    inside = alpha == 255
    assert np.abs(picture[inside][:, :3].astype(int) - before[inside]).mean() < 12


def test_colours_at_soft_borders_do_not_depend_on_the_background(room_run):
    pictures = []
    for background in (BLACK, WHITE):
        scene = WorldScene()
        scene.set_run(room_run)
        scene.set_background(background)
        with OffscreenView(scene, 120, 90) as view:
            pictures.append(view.draw_transparent())
        scene.close()
    border = (pictures[0][..., 3] > 0) & (pictures[0][..., 3] < 255)
    assert border.sum() > 50
    difference = np.abs(pictures[0][border].astype(int) - pictures[1][border])
    assert np.median(difference) == 0


@pytest.mark.parametrize("factor", [2, 4])
def test_a_larger_picture_is_drawn_not_stretched(room_run, factor):
    scene = OccupancyScene()
    scene.set_run(room_run)
    pose = CameraPose(position=(0.5, -0.8, -1.0), focal_point=(0.0, 0.3, 2.0), view_up=(0.0, -1.0, 0.0))
    scene.set_camera_pose(pose)
    pictures = []
    for times in (1, factor):
        with OffscreenView(scene, times * 100, times * 80) as view:
            pictures.append(view.draw())
    small, large = pictures
    scene.close()
    assert large.shape == (factor * 80, factor * 100, 3)
    brought_down = large.reshape(80, factor, 100, factor, 3).mean(axis=(1, 3))
    assert np.abs(brought_down - small).mean() < 10, "the same scene from the same place"
    stretched = small.repeat(factor, axis=0).repeat(factor, axis=1)
    assert (np.abs(large.astype(int) - stretched).max(axis=-1) > 20).mean() > 0.05, "with detail of its own"
