"""From where the world scene is looked at: views that stand, and views that go along with the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.render import camera_rig
from l3rocc_studio.render.keyframed_view import KeyframedView
from l3rocc_studio.render.range_box import RangeBox
from l3rocc_studio.render.scene_frame import SceneFrame

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

_STANDING = {
    ViewKind.GODS_EYE: camera_rig.gods_eye,
    ViewKind.TOP: camera_rig.top,
    ViewKind.FRONT: camera_rig.front,
    ViewKind.SIDE: camera_rig.side,
}
_MOVING = (ViewKind.FOLLOW, ViewKind.FIRST_PERSON, ViewKind.KEYFRAMES)
HEAD_SHARE = 0.03
"""From nearer than this share of the scene's radius one looks out of the recording camera."""
FRAMED_BOXES = 60
"""Places along the way at which the box of the range is taken into the picture."""


class WorldView:
    """The chosen view and the camera that it asks for; it moves no camera itself.

    Attributes
    ----------
    kind
        Which view.
    """

    def __init__(self) -> None:
        self.kind = ViewKind.GODS_EYE
        self._keyframed = KeyframedView()

    @property
    def is_standing(self) -> bool:
        """Whether the camera stays where it is from frame to frame, fitted to the scene."""
        return self.kind in _STANDING

    @property
    def is_moving(self) -> bool:
        """Whether the camera moves from frame to frame."""
        return self.kind in _MOVING

    def set_keyframes(self, keyframes: Sequence[ViewKeyframe], frames: range) -> None:
        """Views that the keyframed view travels along; see :class:`KeyframedView`."""
        self._keyframed.set_keyframes(keyframes, frames)

    def standing_pose(self, scene: SceneFrame, *, aspect: float) -> CameraPose | None:
        """Where a view that stands looks from; None for others."""
        return _STANDING[self.kind](scene, aspect=aspect) if self.is_standing else None

    def moving_pose(self, scene: SceneFrame, run: Run, frame_idx: int, *, aspect: float) -> CameraPose | None:
        """Where a view that moves looks from at a frame; None for others."""
        if self.kind is ViewKind.FOLLOW:
            return camera_rig.follow(scene, run.trajectory, frame_idx)
        if self.kind is ViewKind.FIRST_PERSON:
            return camera_rig.first_person(run.trajectory, run.intrinsics_at(frame_idx), frame_idx)
        if self.kind is ViewKind.KEYFRAMES:
            return self._keyframed.pose(frame_idx, run, scene, aspect=aspect)
        return None


def with_range(scene: SceneFrame, trajectory: Trajectory | None, box: RangeBox) -> SceneFrame:
    """The scene with what is beside it, and the box of the range wherever the camera takes it, if the box is shown."""
    if trajectory is None or not box.is_visible:
        return scene
    poses = trajectory.world_from_cam[:: max(1, trajectory.num_frames // FRAMED_BOXES)]
    return replace(scene, beside=np.concatenate([scene.beside, box.corners_along(poses)]))


def is_at_head(pose: CameraPose, scene: SceneFrame, trajectory: Trajectory, frame_idx: int) -> bool:
    """Whether one looks out of the recording camera, whose own signs would be in the way."""
    away = np.subtract(pose.position, trajectory.centres_world[frame_idx])
    return float(np.linalg.norm(away)) < HEAD_SHARE * scene.radius
