"""An inspected moment as a picture, without a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.inspection import FramePoints, InspectedFile
from l3rocc_studio.model.point_coloring import Coloring
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.inspect_scene import InspectScene
from l3rocc_studio.render.inspected_points import prepare_points
from l3rocc_studio.render.offscreen import OffscreenView


def draw_inspected(
    opened: InspectedFile,
    points: FramePoints,
    *,
    size_px: tuple[int, int],
    background: Background,
    coloring: Coloring | None = None,
    pose: CameraPose | None = None,
) -> NDArray[np.uint8]:
    """One picture, (H, W, 3) uint8 RGB.

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
        with OffscreenView(scene, *size_px) as view:
            if pose is None:
                scene.fit()
            else:
                scene.set_camera_pose(pose)
            return view.draw()
    finally:
        scene.close()
