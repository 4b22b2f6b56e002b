"""Small pictures of a run's cloud from any view, painted without a graphics library, so that any thread may do it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.looks import CloudLook
from l3rocc_studio.model.view import CameraPose, as_vector
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.render.camera_path import plan_camera
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.point_painter import paint_points
from l3rocc_studio.render.point_style import point_style
from l3rocc_studio.render.prepared_world import PreparedWorld
from l3rocc_studio.render.scaling import resize
from l3rocc_studio.render.styled_points import ShownPoints, style_points

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

FINENESS = 2
"""A picture is painted so much larger, and brought down for smooth edges."""
NEAREST_SHARE = 1e-4
"""The nearest distance shown, as a share of the farthest."""
PARALLEL_REACH = 200.0
"""Rays from so many half heights away are as good as parallel."""


class ViewPictures:
    """Paints one run; making it colours and filters its points.

    Parameters
    ----------
    run
        What to show.
    prepared
        From :func:`.prepared_world.prepare_world` of the same run.
    look
        Colours, size and filters of the points; depths are measured from the first frame's camera.
    background
        What is behind the cloud.
    size_px
        (width, height) of the pictures.
    """

    def __init__(
        self, run: Run, prepared: PreparedWorld, look: CloudLook, background: Background, size_px: tuple[int, int]
    ) -> None:
        self._run, self._frame, self._background = run, prepared.frame, background
        self._size_px = (FINENESS * size_px[0], FINENESS * size_px[1])
        low, high = prepared.frame.low, prepared.frame.high
        self._corners = np.array(list(itertools.product(*zip(low, high, strict=True))))
        self._shown = _shown_points(run, prepared, look)

    def picture(self, keyframe: ViewKeyframe) -> NDArray[np.uint8]:
        """What a keyframe, at a frame of the run, shows: (H, W, 3) RGB."""
        width, height = self._size_px
        camera = FilmCamera(kind=CameraKind.KEYFRAMES, keyframes=(keyframe,))
        path = plan_camera(camera, self._frame, self._run, frames=range(self._run.num_frames), aspect=width / height)
        return self.picture_from(path.pose(keyframe.frame_idx))

    def picture_from(self, pose: CameraPose) -> NDArray[np.uint8]:
        """The cloud from a pose in its world: (H, W, 3) RGB."""
        width, height = self._size_px
        shares = np.linspace(0.0, 1.0, height)[:, None]
        rows = (1.0 - shares) * self._background.top + shares * self._background.bottom
        picture = np.repeat(np.rint(255 * rows).astype(np.uint8)[:, None], width, axis=1)
        shown = self._shown
        if shown is not None and shown.num_points:
            eye = _eye(pose, height)
            far = float(((self._corners - eye.position) @ eye.axes[2]).max()) * 1.01
            if far > 0.0:
                lens = Lens(near=max(far * NEAREST_SHARE, eye.near), far=far, focal_px=eye.focal_px)
                paint_points(shown, eye, lens, picture, np.zeros((height, width), dtype=np.float32))
        return resize(picture, (width // FINENESS, height // FINENESS))


def _shown_points(run: Run, prepared: PreparedWorld, look: CloudLook) -> ShownPoints | None:
    level = prepared.cloud.levels.get(Detail.FULL)
    if level is None:
        return None
    first = run.trajectory.world_from_cam[0]
    depth_from = (as_vector(first[:3, 2]), float(first[:3, 2] @ first[:3, 3]))
    points = style_points(level.chunks, point_style(look, prepared.measures), depth_from)
    return ShownPoints(
        points=points,
        num_points=int(points.ends[-1]),
        diameter=level.splat,
        scale=look.point_scale,
        hides_backs=look.hides_backs,
    )


def _eye(pose: CameraPose, height_px: int) -> Eye:
    """The camera of a pose in a picture of a height."""
    forward = np.subtract(pose.focal_point, pose.position).astype(np.float64)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, pose.view_up)
    right /= np.linalg.norm(right)
    position = np.asarray(pose.position, dtype=np.float64)
    if pose.parallel_scale is None:
        focal_px = height_px / (2.0 * np.tan(np.radians(pose.view_angle_deg / 2.0)))
        near = 0.0
    else:
        reach = PARALLEL_REACH * pose.parallel_scale
        near = max(reach - float(np.linalg.norm(np.subtract(pose.focal_point, pose.position))), 0.0)
        position, focal_px = pose.focal_point - reach * forward, height_px / 2.0 * PARALLEL_REACH
    return Eye(
        position=position,
        axes=np.stack([right, np.cross(forward, right), forward]),
        focal_px=float(focal_px),
        near=near,
    )
