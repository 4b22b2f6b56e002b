"""Colours of decoded pictures."""

from __future__ import annotations

from typing import Any

from av.video.reformatter import VideoReformatter

from l3rocc_engine.frames.source import RgbImage

_ONE_THREAD = {"threads": 1} if "threads" in (VideoReformatter.reformat.__doc__ or "") else {}


def rgb_of(picture: Any) -> RgbImage:
    """A decoded picture as it is stored, (H, W, 3) uint8 RGB.

    It is worked out in the caller's thread: others would take longer to wake than what they save, and would be waited
    for, when they are released, by a forked child that does not have them. Older versions of PyAV have no such threads.
    """
    rgb: RgbImage = picture.to_ndarray(format="rgb24", **_ONE_THREAD)
    return rgb
