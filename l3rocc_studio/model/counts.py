"""How many there are of something, as words that agree with the number."""

from __future__ import annotations

from l3rocc_studio.model.words import tr


def frames_text(count: int) -> str:
    """A number of frames."""
    return tr("1 frame") if count == 1 else tr("{count:,} frames").format(count=count)


def keyframes_text(count: int) -> str:
    """A number of keyframes."""
    return tr("1 keyframe") if count == 1 else tr("{count:,} keyframes").format(count=count)


def points_text(count: int) -> str:
    """A number of points."""
    return tr("1 point") if count == 1 else tr("{count:,} points").format(count=count)
