"""Everything in the world scene that shows cameras: the way, the present one with its picture, keyframes, the range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.model.looks import CloudLook
from l3rocc_studio.render import colormaps
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.frustum_picture import FrustumPicture
from l3rocc_studio.render.keyframe_layer import KeyframeLayer
from l3rocc_studio.render.range_box import RangeBox
from l3rocc_studio.render.shape_painter import Poster, Shape
from l3rocc_studio.render.trajectory_layer import (
    FRUSTUM_DEPTH,
    PreparedTrajectory,
    TrajectoryLayer,
    frustum_corners,
    prepare_trajectory,
)

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCameras:
    """The cameras of a run, made in any thread.

    Attributes
    ----------
    path
        Shapes of the way and of the present camera.
    keyframes
        (K,) frames that have a point map.
    corners
        (4, 3) corners of the picture in the present camera's frustum, in its frame.
    """

    path: PreparedTrajectory
    keyframes: NDArray[np.int64]
    corners: NDArray[np.float64]

    @property
    def trajectory(self) -> Trajectory:
        """Poses in the world."""
        return self.path.trajectory


def prepare_cameras(run: Run, *, scene_radius: float) -> PreparedCameras:
    """Make the shapes of a run's cameras; ``scene_radius`` sets their sizes, in world units."""
    keyframes = np.array(run.record.keyframes, dtype=np.int64)
    return PreparedCameras(
        path=prepare_trajectory(run.trajectory, run.intrinsics, scene_radius=scene_radius),
        keyframes=keyframes[(keyframes >= 0) & (keyframes < run.trajectory.num_frames)],
        corners=frustum_corners(run.intrinsics, FRUSTUM_DEPTH * scene_radius),
    )


def prepare_way(trajectory: Trajectory, *, scene_radius: float) -> PreparedCameras:
    """Likewise of poses alone, as long as no more is known."""
    return PreparedCameras(
        path=prepare_trajectory(trajectory, None, scene_radius=scene_radius),
        keyframes=np.zeros(0, dtype=np.int64),
        corners=np.zeros((4, 3)),
    )


class CameraLayers:
    """Shows :class:`PreparedCameras`; a frame change moves what is at the present camera.

    Parameters
    ----------
    renderer
        The renderer to draw into.

    Attributes
    ----------
    keyframes, range_box
        The parts that can be clicked and gripped.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._path = TrajectoryLayer(renderer)
        self._picture = FrustumPicture(renderer)
        self.keyframes = KeyframeLayer(renderer)
        self.range_box = RangeBox(renderer)
        self._cameras: PreparedCameras | None = None
        self._look = CloudLook()
        self._is_first_person = self._has_range = False

    @property
    def trajectory(self) -> Trajectory | None:
        """Poses of the run that is shown."""
        return None if self._cameras is None else self._cameras.trajectory

    def set_cameras(self, cameras: PreparedCameras | None) -> None:
        """Show another run's cameras, or none."""
        self._cameras = cameras
        self._picture.set_picture(None)
        if cameras is None:
            self._path.clear()
            self.keyframes.set_keyframes(np.zeros(0, dtype=np.int64), np.zeros((0, 4, 4)), np.zeros((4, 3)))
        else:
            poses = cameras.trajectory.world_from_cam[cameras.keyframes]
            self._path.set_trajectory(cameras.path)
            self._picture.set_corners(cameras.corners)
            self.keyframes.set_keyframes(cameras.keyframes, poses, cameras.corners)
        self._update()

    def set_look(self, look: CloudLook) -> None:
        """Show and hide parts, and change their size."""
        self._look = look
        self.keyframes.set_scale(look.camera_scale)
        self._path.set_camera_scale(look.camera_scale)
        self._update()

    def set_first_person(self, *, is_first_person: bool) -> None:
        """Whether the scene is looked at from where the present camera stands; it and its way would be in the way."""
        self._is_first_person = is_first_person
        self._update()

    def set_range_visible(self, *, is_visible: bool) -> None:
        """Show or hide the box of the range."""
        self._has_range = is_visible
        self._update()

    def set_background(self, background: Background) -> None:
        """Suit the colours to a background."""
        self._path.set_future_color(colormaps.PATH_FUTURE_ON_DARK if background.is_dark else colormaps.PATH_FUTURE)
        backdrop = (np.asarray(background.bottom) + np.asarray(background.top)) / 2
        red, green, blue = (float(channel) for channel in (np.asarray(background.text) + backdrop) / 2)
        self.keyframes.set_color((red, green, blue))

    def set_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """The picture of the frame that is shown, (H, W, 3) uint8 RGB."""
        self._picture.set_picture(picture)

    def show_frame(self, frame_idx: int) -> None:
        """Move the present camera."""
        self._path.show_frame(frame_idx)
        if self._cameras is None:
            return
        world_from_cam = self._cameras.trajectory.world_from_cam[frame_idx]
        scaled = self._sized_pose(frame_idx, self._cameras)
        matrix = vtkMatrix4x4()
        matrix.DeepCopy(scaled.ravel().tolist())
        self._picture.set_matrix(matrix)
        self.range_box.set_pose(world_from_cam)

    def _sized_pose(self, frame_idx: int, cameras: PreparedCameras) -> NDArray[np.float64]:
        pose = cameras.trajectory.world_from_cam[frame_idx].copy()
        pose[:3, :3] *= self._look.camera_scale
        return pose

    def shapes(self, frame_idx: int, *, has_way: bool) -> tuple[list[Shape], Poster | None] | None:
        """What changes from frame to frame, with the way or without, for who draws without a graphics library.

        None if there is more than that.
        """
        if self._cameras is None or any(actor.GetVisibility() for actor in self.range_box.actors()):
            return None
        poster = self._picture.poster(self._sized_pose(frame_idx, self._cameras))
        return self._path.shapes(frame_idx, has_way=has_way), poster

    def moving_actors(self) -> list[vtkActor]:
        """What changes from frame to frame."""
        return [*self._path.actors(), self._picture.actor, *self.range_box.actors()]

    def way_actors(self) -> list[vtkActor]:
        """The way, of which only colours change from frame to frame."""
        return self._path.actors()[:1]

    def color_way(self, num_past: int) -> None:
        """Show the first places of the way as passed, the others as still ahead."""
        self._path.color_way(num_past)

    def still_actors(self) -> list[vtkActor]:
        """What stays."""
        return self.keyframes.actors()

    def _update(self) -> None:
        look, has_run = self._look, self._cameras is not None
        has_camera = look.has_camera and not self._is_first_person
        self._path.set_shown(has_path=look.has_path and not self._is_first_person, has_camera=has_camera)
        self._picture.set_visible(is_visible=has_run and has_camera and look.has_picture)
        self.keyframes.set_visible(is_visible=look.has_keyframes)
        self.range_box.set_visible(is_visible=has_run and self._has_range)
