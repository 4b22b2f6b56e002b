"""The views that a person set along the timeline, for a camera that travels from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from l3rocc_studio.model.edited_views import EditedViews
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset, rescaled_keyframe
from l3rocc_studio.model.words import N_, tr

PRESET_NAMES = {
    WorldPreset.GODS_EYE: N_("God's eye"),
    WorldPreset.TOP: N_("Top"),
    WorldPreset.FOLLOW: N_("Follow the camera"),
    WorldPreset.FIRST_PERSON: N_("First person"),
    WorldPreset.ORBIT: N_("Orbit"),
}
EASE_NAMES = {Ease.SMOOTH: N_("Smooth"), Ease.LINEAR: N_("Linear"), Ease.HOLD: N_("Hold")}
FIXED_NAME = N_("Fixed view")


class ViewKeyframes(EditedViews[ViewKeyframe]):
    """View keyframes of one source, at most one a frame, in order of frames; changes can be taken back."""

    def __init__(self, edits: Edits) -> None:
        super().__init__(edits, rescaled_keyframe)

    @property
    def frames(self) -> list[int]:
        """Where they are."""
        return [keyframe.frame_idx for keyframe in self._items]

    def at(self, frame_idx: int) -> ViewKeyframe | None:
        """The keyframe at a frame, if there is one."""
        return next((keyframe for keyframe in self._items if keyframe.frame_idx == frame_idx), None)

    def load(self, items: Sequence[ViewKeyframe]) -> None:
        """Take over keyframes at different frames as they were stored; this is no edit."""
        super().load(sorted(items, key=lambda keyframe: keyframe.frame_idx))

    def put(self, frame_idx: int, view: CameraPose | WorldPreset) -> None:
        """Set the view at a frame; the ease of one that is there stays."""
        here = self.at(frame_idx)
        if here is None:
            label, keyframe = tr("Set the view at frame {frame_idx}"), ViewKeyframe(frame_idx=frame_idx, view=view)
        else:
            label, keyframe = tr("Change the view at frame {frame_idx}"), replace(here, view=view)
        self._change_one(label.format(frame_idx=frame_idx), keyframe)

    def remove(self, frame_idx: int) -> None:
        """Take the keyframe at a frame away, if there is one."""
        if self.at(frame_idx) is not None:
            self._change(
                tr("Remove the view at frame {frame_idx}").format(frame_idx=frame_idx), self._others(frame_idx)
            )

    def move(self, frame_idx: int, to: int) -> None:
        """Let the keyframe of a frame be at another one, in the place of what is there."""
        keyframe = self.at(frame_idx)
        if keyframe is not None and to != frame_idx:
            label = tr("Move the view at frame {frame_idx} to {to}").format(frame_idx=frame_idx, to=to)
            self._change_one(label, replace(keyframe, frame_idx=to), gone=frame_idx)

    def set_ease(self, frame_idx: int, ease: Ease) -> None:
        """Choose how the view at a frame turns into the next one."""
        keyframe = self.at(frame_idx)
        if keyframe is not None and keyframe.ease is not ease:
            label = tr("Ease the view at frame {frame_idx}").format(frame_idx=frame_idx)
            self._change_one(label, replace(keyframe, ease=ease))

    def clear(self) -> None:
        """Take all of them away."""
        if self._items:
            self._change(tr("Clear the camera path"), ())

    def replace_all(self, keyframes: Sequence[ViewKeyframe], label: str) -> None:
        """Have these, at different frames, and no others; ``label`` says in the window's words how they came."""
        self._change(label, keyframes)

    def _others(self, *frames: int) -> list[ViewKeyframe]:
        return [keyframe for keyframe in self._items if keyframe.frame_idx not in frames]

    def _change_one(self, label: str, keyframe: ViewKeyframe, gone: int = -1) -> None:
        self._change(label, [*self._others(keyframe.frame_idx, gone), keyframe])


def view_name(keyframe: ViewKeyframe) -> str:
    """What a keyframe shows, in the window's words."""
    view = keyframe.view
    return tr(PRESET_NAMES[view]) if isinstance(view, WorldPreset) else tr(FIXED_NAME)
