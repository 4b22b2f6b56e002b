"""Where a run, or what grows into one, was looked at from, for the next result of the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.view import CameraPose, ViewKind, rescaled_pose

if TYPE_CHECKING:
    from l3rocc_engine.geometry.trajectory import Trajectory
    from l3rocc_engine.run import Run
    from l3rocc_studio.ui.panels.scene_3d import Scene3D

NEAR = 1e-5
"""Two ways are the same if no place differs by more than this share of their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A way, and what its scale made of the world as it was found."""

    trajectory: Trajectory
    scale: Sim3


class KeptView:
    """An edit of the range, the voxels or the scale makes another result of the same place: one sees the same things.

    Parameters
    ----------
    is_of_world
        Whether the scene stands in the world; else it stands in the recording's camera, and a scale only makes it grow.
    """

    def __init__(self, *, is_of_world: bool) -> None:
        self._is_of_world = is_of_world
        self._place: _Place | None = None
        self._left: tuple[_Place, ViewKind, CameraPose] | None = None

    def change(self, scene: Scene3D, run: Run | None) -> None:
        """Another run, or none, is about to be shown: note how the present one is looked at."""
        if self._place is not None:
            self._left = self._place, scene.view, scene.kept_pose()
        self._place = None if run is None else _Place(trajectory=run.trajectory, scale=run.scale.sim3)

    def follow(self, trajectory: Trajectory) -> None:
        """What is shown by now has these poses; they are as they were found."""
        self._place = _Place(trajectory=trajectory, scale=Sim3())

    def take_up(self, scene: Scene3D) -> None:
        """The run is shown: look at it as at the last one, if the cameras went the same way."""
        if self._left is None or self._place is None:
            return
        left, kind, pose = self._left
        moved = _move_between(left, self._place)
        if moved is None:
            return
        scene.set_view(kind)
        if kind is ViewKind.FREE:
            scene.set_camera_pose(rescaled_pose(pose, moved if self._is_of_world else Sim3(scale=moved.scale)))


def _move_between(old: _Place, new: _Place) -> Sim3 | None:
    """What takes the old way to the new one: nothing, or another scale; None if they are not the same way."""
    before, after = old.trajectory.world_from_cam, new.trajectory.world_from_cam
    if before.shape != after.shape:
        return None
    size = max(1.0, float(np.abs(after[:, :3, 3]).max(initial=0.0)))
    for moved in (Sim3(), new.scale.after(old.scale.inverse())):
        if np.allclose(moved.apply_poses(before), after, rtol=0.0, atol=NEAR * size):
            return moved
    return None
