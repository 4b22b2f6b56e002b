"""Views of the world panel at chosen frames, as a person sets them on the timeline or in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.json_file import read_json
from l3rocc_studio.model.view import CameraPose, camera_pose_from_dict


class WorldPreset(Enum):
    """Views that fit themselves to the scene."""

    GODS_EYE = "gods_eye"
    TOP = "top"
    FOLLOW = "follow"
    FIRST_PERSON = "first_person"
    ORBIT = "orbit"


class Ease(Enum):
    """How a keyframe's view turns into the next one's."""

    SMOOTH = "smooth"
    LINEAR = "linear"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewKeyframe:
    """A view at a frame.

    Attributes
    ----------
    frame_idx
        Frame of the source.
    view
        A fixed view, or a preset, which may move by itself.
    ease
        How it goes on from here: slow at both ends, evenly, or not at all until the next keyframe.
    """

    frame_idx: int
    view: CameraPose | WorldPreset
    ease: Ease = Ease.SMOOTH

    def __post_init__(self) -> None:
        if self.frame_idx < 0:
            raise InputError(f"A keyframe cannot be at frame {self.frame_idx}.")


def keyframe_from_dict(values: Mapping[str, Any]) -> ViewKeyframe:
    """Read a keyframe from plain values: ``frame``, ``view`` or ``preset``, and ``ease`` if it is not smooth.

    Raises
    ------
    InputError
        If a value is missing or is not what a keyframe needs.
    """
    try:
        preset, frame_idx = values.get("preset"), values["frame"]
        view = camera_pose_from_dict(values["view"]) if preset is None else WorldPreset(preset)
        return ViewKeyframe(frame_idx=int(frame_idx), view=view, ease=Ease(values.get("ease", Ease.SMOOTH.value)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        presets = ", ".join(preset.value for preset in WorldPreset)
        raise InputError(
            f"This is not a keyframe: {json.dumps(values, default=str)[:120]}.",
            f"A keyframe has a frame, a view or a preset ({presets}), and may have an ease (smooth, linear, hold).",
        ) from error


def read_keyframes(path: Path) -> tuple[ViewKeyframe, ...]:
    """Keyframes of a JSON file, in order of their frames.

    Raises
    ------
    InputError
        If the file cannot be read, holds none, or something in it is no keyframe.
    """
    try:
        values = read_json(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{path.name} is not JSON: {error}.") from error
    listed = values.get("keyframes") if isinstance(values, dict) else values
    if not isinstance(listed, list) or not listed:
        raise InputError(f"{path.name} holds no keyframes.", 'It needs a list named "keyframes".')
    return tuple(sorted((keyframe_from_dict(item) for item in listed), key=lambda keyframe: keyframe.frame_idx))
