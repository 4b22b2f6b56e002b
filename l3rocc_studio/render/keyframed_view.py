"""The view that travels along a person's keyframes, in a panel as in a film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.render.camera_path import CameraPath, plan_camera
from l3rocc_studio.render.scene_frame import SceneFrame

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


class KeyframedView:
    """Plans the path when it is first asked for, and again when something that it depends on is another."""

    def __init__(self) -> None:
        self._camera: FilmCamera | None = None
        self._keyframes: Sequence[ViewKeyframe] = ()
        self._frames = range(0)
        self._planned: tuple[SceneFrame, float, CameraPath] | None = None

    def set_keyframes(self, keyframes: Sequence[ViewKeyframe], frames: range) -> None:
        """Travel along these from now on.

        Parameters
        ----------
        keyframes
            At increasing frames of the run; none leaves the camera where it is.
        frames
            What a film would show; see :func:`plan_camera`.
        """
        if keyframes == self._keyframes and frames == self._frames:
            return
        self._camera = FilmCamera(kind=CameraKind.KEYFRAMES, keyframes=tuple(keyframes)) if keyframes else None
        self._keyframes, self._frames, self._planned = tuple(keyframes), frames, None

    def pose(self, frame_idx: int, run: Run, frame: SceneFrame, *, aspect: float) -> CameraPose | None:
        """Where the camera is at a frame of the run; None without keyframes."""
        if self._camera is None:
            return None
        planned = self._planned
        if planned is None or planned[0] is not frame or planned[1] != aspect:
            last = run.num_frames - 1
            frames = range(min(self._frames.start, last), min(self._frames.stop, last + 1))
            planned = self._planned = (
                frame,
                aspect,
                plan_camera(self._camera, frame, run, frames=frames, aspect=aspect),
            )
        return planned[2].pose(frame_idx)
