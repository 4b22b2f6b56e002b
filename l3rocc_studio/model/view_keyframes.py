"""The views that a person set along the timeline, for a camera that travels from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.edits import Edit, Edits
from l3rocc_studio.model.signal import Signal
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


class ViewKeyframes:
    """View keyframes of one source, at most one a frame, in order of frames; changes can be taken back.

    Attributes
    ----------
    changed
        No arguments: there are other keyframes, or other views or eases.
    """

    def __init__(self, edits: Edits) -> None:
        self.changed: Signal[[]] = Signal()
        self._edits = edits
        self._items: tuple[ViewKeyframe, ...] = ()

    @property
    def items(self) -> tuple[ViewKeyframe, ...]:
        """All of them."""
        return self._items

    @property
    def frames(self) -> list[int]:
        """Where they are."""
        return [keyframe.frame_idx for keyframe in self._items]

    def at(self, frame_idx: int) -> ViewKeyframe | None:
        """The keyframe at a frame, if there is one."""
        return next((keyframe for keyframe in self._items if keyframe.frame_idx == frame_idx), None)

    def load(self, keyframes: Sequence[ViewKeyframe]) -> None:
        """Take over keyframes at different frames as they were stored; this is no edit."""
        wanted = tuple(sorted(keyframes, key=lambda keyframe: keyframe.frame_idx))
        if wanted != self._items:
            self._items = wanted
            self.changed.emit()

    def put(self, frame_idx: int, view: CameraPose | WorldPreset) -> None:
        """Set the view at a frame; the ease of one that is there stays."""
        here = self.at(frame_idx)
        if here is None:
            label, keyframe = tr("Set the view at frame {frame_idx}"), ViewKeyframe(frame_idx=frame_idx, view=view)
        else:
            label, keyframe = tr("Change the view at frame {frame_idx}"), replace(here, view=view)
        self._change(label.format(frame_idx=frame_idx), keyframe)

    def remove(self, frame_idx: int) -> None:
        """Take the keyframe at a frame away, if there is one."""
        if self.at(frame_idx) is not None:
            self._do(tr("Remove the view at frame {frame_idx}").format(frame_idx=frame_idx), self._others(frame_idx))

    def move(self, frame_idx: int, to: int) -> None:
        """Let the keyframe of a frame be at another one, in the place of what is there."""
        keyframe = self.at(frame_idx)
        if keyframe is not None and to != frame_idx:
            label = tr("Move the view at frame {frame_idx} to {to}").format(frame_idx=frame_idx, to=to)
            self._change(label, replace(keyframe, frame_idx=to), gone=frame_idx)

    def set_ease(self, frame_idx: int, ease: Ease) -> None:
        """Choose how the view at a frame turns into the next one."""
        keyframe = self.at(frame_idx)
        if keyframe is not None and keyframe.ease is not ease:
            label = tr("Ease the view at frame {frame_idx}").format(frame_idx=frame_idx)
            self._change(label, replace(keyframe, ease=ease))

    def clear(self) -> None:
        """Take all of them away."""
        if self._items:
            self._do(tr("Clear the camera path"), ())

    def replace_all(self, keyframes: Sequence[ViewKeyframe]) -> None:
        """Have these, at different frames, and no others."""
        self._do(tr("Load a camera path"), keyframes)

    def rescale(self, new_from_old: Sim3) -> None:
        """The scene got another scale: every view goes on showing what it showed. This is no edit of its own."""
        self.load([rescaled_keyframe(keyframe, new_from_old) for keyframe in self._items])

    def _others(self, *frames: int) -> list[ViewKeyframe]:
        return [keyframe for keyframe in self._items if keyframe.frame_idx not in frames]

    def _change(self, label: str, keyframe: ViewKeyframe, gone: int = -1) -> None:
        self._do(label, [*self._others(keyframe.frame_idx, gone), keyframe])

    def _do(self, label: str, wanted: Sequence[ViewKeyframe]) -> None:
        before, after = self._items, tuple(wanted)
        self._edits.do(Edit(label=label, redo=lambda: self.load(after), undo=lambda: self.load(before)))


def view_name(keyframe: ViewKeyframe) -> str:
    """What a keyframe shows, in the window's words."""
    view = keyframe.view
    return tr(PRESET_NAMES[view]) if isinstance(view, WorldPreset) else tr(FIXED_NAME)
