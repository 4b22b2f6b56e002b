"""Views of the world panel at chosen frames, as a person sets them on the timeline or in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.json_file import read_json
from l3rocc_studio.model.pasted import json_of_text
from l3rocc_studio.model.view import CameraPose, camera_pose_from_dict, rescaled_pose

_LIST_KEY = "keyframes"


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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, as :func:`keyframe_from_dict` reads them."""
        view = self.view
        what = {"preset": view.value} if isinstance(view, WorldPreset) else {"view": view.to_dict()}
        return {"frame": self.frame_idx, **what, "ease": self.ease.value}


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
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        presets = ", ".join(preset.value for preset in WorldPreset)
        raise InputError(
            f"This is not a keyframe: {json.dumps(values, default=str)[:120]}.",
            f"A keyframe has a frame, a view or a preset ({presets}), and may have an ease (smooth, linear, hold).",
        ) from error


def keyframes_from_values(values: Any, *, origin: str) -> tuple[ViewKeyframe, ...]:
    """Keyframes of parsed JSON, in order of their frames: a list of them, or an object with a list ``keyframes``.

    Parameters
    ----------
    values
        What a file or a text holds.
    origin
        What it is called in what is said about it.

    Raises
    ------
    InputError
        If there are none, something in them is no keyframe, or two are at one frame.
    """
    listed = values.get(_LIST_KEY) if isinstance(values, dict) else values
    if not isinstance(listed, list) or not listed:
        raise InputError(f"{origin} holds no keyframes.", 'It needs a list named "keyframes".')
    keyframes = sorted((keyframe_from_dict(item) for item in listed), key=lambda keyframe: keyframe.frame_idx)
    twice = next((here for here, then in pairwise(keyframes) if here.frame_idx == then.frame_idx), None)
    if twice is not None:
        raise InputError(f"{origin} holds two keyframes at frame {twice.frame_idx}.", "Leave one of them out.")
    return tuple(keyframes)


def keyframes_from_text(text: str) -> tuple[ViewKeyframe, ...]:
    """Keyframes of pasted text, as :func:`keyframes_from_values` takes them.

    Raises
    ------
    InputError
        If the text holds no keyframes; the sentence says what it is instead.
    """
    values = json_of_text(text, hint="Copy a camera path as JSON first.")
    return keyframes_from_values(values, origin="The text")


def keyframes_to_values(keyframes: Sequence[ViewKeyframe]) -> dict[str, Any]:
    """Keyframes as plain values that :func:`keyframes_from_values` reads."""
    return {_LIST_KEY: [keyframe.to_dict() for keyframe in keyframes]}


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
    return keyframes_from_values(values, origin=path.name)


def write_keyframes(path: Path, keyframes: Sequence[ViewKeyframe]) -> None:
    """Write keyframes as the file that :func:`read_keyframes` and ``l3rocc render --cameras`` read.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_json(path, keyframes_to_values(keyframes))


def shifted_keyframes(keyframes: Sequence[ViewKeyframe], by: int, *, num_frames: int) -> tuple[ViewKeyframe, ...]:
    """Keyframes counted from another first frame; those that are then outside of ``range(num_frames)`` are left out."""
    moved = ((keyframe, keyframe.frame_idx + by) for keyframe in keyframes)
    return tuple(replace(keyframe, frame_idx=frame) for keyframe, frame in moved if 0 <= frame < num_frames)


def rescaled_keyframe(keyframe: ViewKeyframe, new_from_old: Sim3) -> ViewKeyframe:
    """The keyframe that shows the same after the world moved and grew."""
    view = keyframe.view
    if isinstance(view, WorldPreset):
        return keyframe
    return replace(keyframe, view=rescaled_pose(view, new_from_old))
