"""Where the camera of a film stands at each frame: presets, saved views, keyframes, and a director who moves on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset
from l3rocc_studio.render import camera_rig
from l3rocc_studio.render.scene_frame import SceneFrame

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

PoseAt = Callable[[int], CameraPose]

ORBIT_SWING_DEG = 38.0
"""How far an orbit goes to either side: a reconstruction seen from one side has no back to show."""
ORBIT_PERIOD_S = 12.0
DIRECTOR_CYCLE = (WorldPreset.GODS_EYE, WorldPreset.FOLLOW, WorldPreset.ORBIT, WorldPreset.TOP)
"""What the director shows in turn; the film ends with the first again."""
MIN_CUE_S, MAX_CUE_S = 4.0, 10.0
MIN_MOVE_S = 2.0
"""A film of this length has two cues at least: whoever asks for a director wants the camera to move."""
MOVE_SHARE = 0.8
"""Share of a cue's time that the move to the next one takes."""
LAST_SHARE = 0.3
"""The last cue stays for this share of the others' time: nothing comes after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPath:
    """A pose for every frame.

    Attributes
    ----------
    pose
        The camera at a frame of the source.
    is_still
        Whether it is the same at all frames.
    """

    pose: PoseAt
    is_still: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    """From ``begin_s`` on ``pose`` holds; over ``[move_s, end]`` it turns into the next cue's."""

    begin_s: float
    move_s: float
    pose: PoseAt
    ease: Ease


def plan_camera(camera: FilmCamera, scene: SceneFrame, run: Run, *, frames: range, aspect: float) -> CameraPath:
    """The path that a film asks for.

    Parameters
    ----------
    camera
        The wish.
    scene
        From :func:`.scene_frame.measure_scene`.
    run
        Its trajectory and intrinsics lead the moving presets.
    frames
        The film's frames; the director spreads over them.
    aspect
        Width of the picture over its height.
    """
    if camera.view is not None:
        return _still(camera.view)
    preset = camera.preset
    if preset is WorldPreset.GODS_EYE:
        return _still(camera_rig.gods_eye(scene, aspect=aspect))
    if preset is WorldPreset.TOP:
        return _still(camera_rig.top(scene, aspect=aspect))
    times_s = run.trajectory.timestamps_s
    make = _preset_maker(scene, run, aspect, start_s=float(times_s[frames.start]))
    if preset is not None:
        return CameraPath(pose=make(preset))
    keyframes = camera.keyframes
    if camera.kind is CameraKind.DIRECTOR:
        keyframes = ()
    cues = _keyframe_cues(keyframes, make, times_s) if keyframes else _director_cues(frames, make, times_s)
    return CameraPath(pose=lambda frame_idx: _pose_of_cues(cues, frame_idx, float(times_s[frame_idx])))


def _still(pose: CameraPose) -> CameraPath:
    return CameraPath(pose=lambda _frame_idx: pose, is_still=True)


def _preset_maker(scene: SceneFrame, run: Run, aspect: float, start_s: float) -> Callable[[WorldPreset], PoseAt]:
    times_s = run.trajectory.timestamps_s

    # Fitting costs milliseconds, and few cameras need every fit.
    @cache
    def turn_deg() -> float:
        return camera_rig.best_turn_deg(scene, aspect=aspect)

    @cache
    def wide() -> CameraPose:
        return camera_rig.from_above(scene, turn_deg(), aspect=aspect)

    @cache
    def high() -> CameraPose:
        return camera_rig.top(scene, aspect=aspect)

    def orbit(frame_idx: int) -> CameraPose:
        phase = 2 * np.pi * (float(times_s[frame_idx]) - start_s) / ORBIT_PERIOD_S
        return camera_rig.from_above(scene, turn_deg() + ORBIT_SWING_DEG * float(np.sin(phase)), aspect=aspect)

    makers: dict[WorldPreset, PoseAt] = {
        WorldPreset.GODS_EYE: lambda _frame_idx: wide(),
        WorldPreset.TOP: lambda _frame_idx: high(),
        WorldPreset.FOLLOW: lambda frame_idx: camera_rig.follow(scene, run.trajectory, frame_idx),
        WorldPreset.FIRST_PERSON: lambda frame_idx: camera_rig.first_person(
            run.trajectory, run.intrinsics_at(frame_idx), frame_idx
        ),
        WorldPreset.ORBIT: orbit,
    }
    return makers.__getitem__


def _director_cues(frames: range, make: Callable[[WorldPreset], PoseAt], times_s: NDArray[np.float64]) -> list[_Cue]:
    """As many presets as the time allows, evenly spread and again from the first, with which the film ends."""
    start_s, end_s = float(times_s[frames.start]), float(times_s[frames.stop - 1])
    cue_s = float(np.clip((end_s - start_s) / len(DIRECTOR_CYCLE), MIN_CUE_S, MAX_CUE_S))
    fewest = 2 if end_s - start_s >= MIN_MOVE_S else 1
    count = max(round((end_s - start_s) / cue_s + 1.0 - LAST_SHARE), fewest)
    if count > 2 and (count - 2) % len(DIRECTOR_CYCLE) == 0:
        count += 1  # else the first preset would stand twice at the end
    presets = [DIRECTOR_CYCLE[number % len(DIRECTOR_CYCLE)] for number in range(count)]
    if count > 2:
        presets[-1] = DIRECTOR_CYCLE[0]
    length_s = (end_s - start_s) / (count - 1.0 + LAST_SHARE)
    return [
        _Cue(
            begin_s=start_s + number * length_s,
            move_s=start_s + (number + 1.0 - MOVE_SHARE) * length_s,
            pose=make(preset),
            ease=Ease.SMOOTH,
        )
        for number, preset in enumerate(presets)
    ]


def _keyframe_cues(
    keyframes: Sequence[ViewKeyframe], make: Callable[[WorldPreset], PoseAt], times_s: NDArray[np.float64]
) -> list[_Cue]:
    cues = []
    for keyframe in keyframes:
        at_s = float(times_s[min(keyframe.frame_idx, len(times_s) - 1)])
        view = keyframe.view
        pose = make(view) if isinstance(view, WorldPreset) else _still(replace(view, clipping_range=None)).pose
        cues.append(_Cue(begin_s=at_s, move_s=at_s, pose=pose, ease=keyframe.ease))
    return cues


def _pose_of_cues(cues: Sequence[_Cue], frame_idx: int, time_s: float) -> CameraPose:
    """The cue in force, on its way to the next one."""
    # Slow to import, and a camera that stands needs none of it.
    from l3rocc_studio.render.camera_blend import blend_poses, ease

    for cue, following in pairwise(cues):
        if time_s < following.begin_s:
            share = (time_s - cue.move_s) / max(following.begin_s - cue.move_s, 1e-9)
            if share <= 0.0 or cue.ease is Ease.HOLD:
                return cue.pose(frame_idx)
            way = ease(share) if cue.ease is Ease.SMOOTH else share
            return blend_poses(cue.pose(frame_idx), following.pose(frame_idx), way)
    return cues[-1].pose(frame_idx)
