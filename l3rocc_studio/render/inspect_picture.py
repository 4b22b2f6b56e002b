"""An inspected moment as a picture, without a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.inspection import FramePoints, InspectedFile
from l3rocc_studio.model.point_coloring import Coloring
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.depth_picture import DepthView
from l3rocc_studio.render.depth_shading import Shading
from l3rocc_studio.render.inspect_scene import InspectScene
from l3rocc_studio.render.inspected_points import prepare_points

SHADOW_SHARE, SHADOW_STEP = 0.035, 2
"""How far things darken each other, over the diagonal of the box around them; and how densely that is looked at."""


def draw_inspected(
    opened: InspectedFile,
    points: FramePoints,
    *,
    size_px: tuple[int, int],
    background: Background,
    coloring: Coloring | None = None,
    pose: CameraPose | None = None,
) -> NDArray[np.uint8]:
    """One picture, (H, W, 3) uint8 RGB, with soft shadows, so that points of one colour show their shape too.

    Parameters
    ----------
    opened
        The file.
    points
        One of its moments.
    size_px
        (width, height).
    background
        What it stands on.
    coloring
        By what to colour; the most telling if None.
    pose
        Where to look from; fitted to the points if None.

    Raises
    ------
    OutputError
        If nothing on this machine can draw.
    """
    scene = InspectScene(opened.axes, grid=opened.grid, up=opened.up)
    try:
        scene.set_background(background)
        scene.show(prepare_points(points, opened.axes, coloring, scene.up))
        scene.set_smooth(is_smooth=False)
        with DepthView(scene, *size_px, is_clear=False) as view:
            if pose is None:
                scene.fit()
            else:
                scene.set_camera_pose(pose)
            picture = view.draw_with_depth()
            is_parallel = scene.camera_pose().parallel_scale is not None
            shading = Shading(lens=view.lens(), radius=SHADOW_SHARE * scene.size, step=SHADOW_STEP)
            picture.finish(None if is_parallel else shading)
            return picture.color
    finally:
        scene.close()
