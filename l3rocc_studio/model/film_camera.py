"""Who leads the camera of a film's world panel, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe, WorldPreset


class CameraKind(Enum):
    """Who leads the camera of the world panel."""

    GODS_EYE = "gods_eye"
    TOP = "top"
    FOLLOW = "follow"
    FIRST_PERSON = "first_person"
    ORBIT = "orbit"
    DIRECTOR = "director"
    SAVED = "saved"
    KEYFRAMES = "keyframes"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCamera:
    """How the world panel looks at the scene.

    Attributes
    ----------
    kind
        A preset fitted to the scene, the director who moves between presets, a saved view, or keyframes.
    view
        The saved view; only with ``SAVED``.
    keyframes
        At increasing frames; only with ``KEYFRAMES``.
    occupancy_view
        A saved view of the occupancy panel, recording camera's frame; None looks from behind the camera.
    """

    kind: CameraKind = CameraKind.GODS_EYE
    view: CameraPose | None = None
    keyframes: tuple[ViewKeyframe, ...] = ()
    occupancy_view: CameraPose | None = None

    def __post_init__(self) -> None:
        if (self.kind is CameraKind.SAVED) != (self.view is not None):
            raise ConfigError("A saved view is needed for the camera 'saved', and for no other.")
        if (self.kind is CameraKind.KEYFRAMES) != bool(self.keyframes):
            raise ConfigError("Keyframes are needed for the camera 'keyframes', and for no other.")
        frames = [keyframe.frame_idx for keyframe in self.keyframes]
        if frames != sorted(set(frames)):
            raise ConfigError("Keyframes must be at different frames, in increasing order.")

    @property
    def preset(self) -> WorldPreset | None:
        """The preset that holds for the whole film, if it is one."""
        return WorldPreset(self.kind.value) if self.kind.value in {preset.value for preset in WorldPreset} else None
