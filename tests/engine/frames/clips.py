"""Small videos whose pictures carry their number, so that each can be told after lossy coding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 8
CELL_PX = 16
"""Numbers are written as a row of black and white squares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """How to make one video.

    Attributes
    ----------
    ticks
        Presentation times in units of ``1 / (rate * 10)`` s; evenly spaced by default.
    """

    codec: str = "libx264"
    num_frames: int = 40
    size_px: tuple[int, int] = (160, 96)
    rate: int = 25
    pixel_format: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    ticks: Sequence[int] | None = None
    rotation_deg: int = 0
    with_sound: bool = False


def numbered_picture(number: int, size_px: tuple[int, int] = (160, 96)) -> NDArray[np.uint8]:
    """A picture (H, W, 3) with its number in the top row, over a pattern that moves."""
    width, height = size_px
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = 60 + 50 * np.sin((columns + 3 * number) / 9)
    picture[..., 1] = 90 + 40 * np.sin((rows + 2 * number) / 7)
    picture[..., 2] = 70 + 60 * columns / width
    for bit in range(BITS):
        picture[:CELL_PX, bit * CELL_PX : (bit + 1) * CELL_PX] = 235 if number >> bit & 1 else 20
    return picture


def read_number(picture: NDArray[np.uint8]) -> int:
    """The number in a picture."""
    cells = [picture[4:12, bit * CELL_PX + 4 : (bit + 1) * CELL_PX - 4].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, level in enumerate(cells) if level > 128)


def write_clip(path: Path, clip: Clip) -> Path:
    """Encode a clip."""
    unit = Fraction(1, clip.rate * 10)
    with av.open(str(path), "w", options=clip.container_options) as container:
        stream = container.add_stream(clip.codec, rate=clip.rate)
        stream.width, stream.height = clip.size_px
        stream.pix_fmt = clip.pixel_format
        stream.time_base = stream.codec_context.time_base = unit
        stream.codec_context.options = clip.options
        stream.codec_context.thread_count = 1
        if clip.rotation_deg:
            stream.set_display_rotation(clip.rotation_deg)
        if clip.with_sound:
            _add_silence(container, clip.num_frames / clip.rate)
        container.start_encoding()
        for number in range(clip.num_frames):
            frame = av.VideoFrame.from_ndarray(numbered_picture(number, clip.size_px), format="rgb24")
            frame.pts = number * 10 if clip.ticks is None else clip.ticks[number]
            frame.time_base = unit
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _add_silence(container: av.container.OutputContainer, seconds: float) -> None:
    stream = container.add_stream("aac", rate=8000)
    samples = np.zeros((1, 1024), np.float32)
    for block in range(int(seconds * 8000 / 1024) + 1):
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 8000, block * 1024
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def write_sound(path: Path) -> Path:
    """A file with sound only."""
    with av.open(str(path), "w") as container:
        _add_silence(container, 1.0)
    return path


def decode_in_order(path: Path) -> list[NDArray[np.uint8]]:
    """All pictures as PyAV gives them from beginning to end: what random access is held against."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
