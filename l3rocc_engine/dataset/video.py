"""Constant-rate H.264 that every loader, viewer and browser reads, and what is really inside a video file.

Frame ``i`` of a dataset is frame ``i`` of its source, whatever the source's clock said; it is shown at exactly
``i / fps``. ``fps`` is the whole number closest to the source's nominal rate (29.97 becomes 30), and at least 1:
a whole number, because the float32 timestamps of a dataset part from a fractional clock after a minute or two.

H.264 with 4:2:0 colours needs even sizes. An odd picture is padded by repeating its last column or row, at the right
and at the bottom, so that no pixel moves and ``K`` stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.frames.source import RgbImage
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress

CODEC = "h264"
PIXEL_FORMAT = "yuv420p"
KEY_FRAME_DISTANCE = 2
CRF = 19
PRESET = "veryfast"
PARAMETERS = "mbtree=0"
"""Without it the last block of a picture depends on what lay in memory before, and equal runs give unequal files; with
a key frame in every two there is hardly anything that it could look ahead to."""
BT601 = 6
"""``smpte170m``: what players and decoders assume of a file that says nothing, and so what is written and said."""
SRGB_PRIMARIES = 1
SRGB_TRANSFER = 13


def dataset_fps(source_fps: float) -> int:
    """The whole frame rate closest to a nominal one, at least 1."""
    return max(1, round(source_fps))


def even_size(size_px: tuple[int, int]) -> tuple[int, int]:
    """(width, height) raised to even numbers."""
    width, height = size_px
    return width + width % 2, height + height % 2


def pad_to(image: RgbImage, size_px: tuple[int, int]) -> RgbImage:
    """A picture grown to (width, height) by repeating its last column and row; unchanged if it fits already."""
    height, width = image.shape[:2]
    if (width, height) == size_px:
        return image
    return np.pad(image, ((0, size_px[1] - height), (0, size_px[0] - width), (0, 0)), mode="edge")


def write_video(
    path: Path,
    frames: Iterable[tuple[int, RgbImage]],
    *,
    size_px: tuple[int, int],
    fps: int,
    progress: StepProgress = no_progress,
    num_frames: int = 0,
    cancel: CancelToken | None = None,
) -> int:
    """Encode pictures, one every ``1 / fps`` seconds from 0.

    Parameters
    ----------
    path
        The mp4 to make; its folder must exist.
    frames
        ``(number, picture (H, W, 3) uint8 RGB)`` in order of time.
    size_px
        (width, height) of the pictures; odd sizes are padded, see :func:`even_size`.
    fps
        Whole frames a second.
    num_frames
        For progress only.

    Returns
    -------
    int
        Number of frames written.

    Raises
    ------
    OutputError
        If a picture has another size, there is none, or the encoder fails.
    Cancelled
        If asked to stop.
    """
    padded_size = even_size(size_px)
    written = 0
    try:
        with av.open(str(path.absolute()), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = _open_stream(container, padded_size, fps)
            for frame_idx, image in frames:
                if cancel is not None:
                    cancel.check()
                if image.shape != (size_px[1], size_px[0], 3):
                    raise OutputError(f"Picture {frame_idx} has the shape {image.shape}, unlike the others.")
                container.mux(stream.encode(_yuv_frame(pad_to(image, padded_size), written, fps)))
                written += 1
                progress(written, num_frames)
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise OutputError(f"{path.name} cannot be encoded: {error}.") from error
    if written == 0:
        raise OutputError(f"{path.name} would have no frames.")
    return written


def _open_stream(container: Any, size_px: tuple[int, int], fps: int) -> Any:
    stream = container.add_stream("libx264", rate=fps)
    stream.width, stream.height = size_px
    stream.pix_fmt = PIXEL_FORMAT
    stream.time_base = Fraction(1, fps)
    context = stream.codec_context
    context.gop_size = KEY_FRAME_DISTANCE
    context.max_b_frames = 0
    context.colorspace, context.color_primaries, context.color_trc = BT601, SRGB_PRIMARIES, SRGB_TRANSFER
    context.color_range = 1
    context.options = {"crf": str(CRF), "preset": PRESET, "x264-params": PARAMETERS}
    return stream


def _yuv_frame(image: RgbImage, frame_idx: int, fps: int) -> Any:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
    frame = frame.reformat(format=PIXEL_FORMAT, dst_colorspace="ITU601")
    frame.pts, frame.time_base = frame_idx, Fraction(1, fps)
    return frame


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a video file holds, taken from its packets and not from its header's promises.

    Attributes
    ----------
    size_px
        (width, height) as coded.
    times_s
        (T,) float64 presentation times in order.
    fps
        Average rate that the container states.
    codec, pixel_format
        FFmpeg's canonical names.
    num_key_frames
        Frames that can be decoded without another.
    has_audio
        Whether there is sound.
    """

    size_px: tuple[int, int]
    times_s: NDArray[np.float64]
    fps: float
    codec: str
    pixel_format: str
    num_key_frames: int
    has_audio: bool

    @property
    def num_frames(self) -> int:
        """Number of pictures."""
        return len(self.times_s)


def probe_video(path: Path) -> VideoFacts:
    """Read the packets of a video file without decoding them.

    Raises
    ------
    InputError
        If it is no video file or has no picture track.
    """
    try:
        with av.open(str(path.absolute()), metadata_errors="ignore") as container:
            if not container.streams.video:
                raise InputError(f"{path} has no picture track.")
            stream = container.streams.video[0]
            packets = [
                (float(packet.pts * packet.time_base), packet.is_keyframe)
                for packet in container.demux(stream)
                if packet.pts is not None and packet.size
            ]
            return VideoFacts(
                size_px=(stream.width, stream.height),
                times_s=np.sort(np.array([time_s for time_s, _ in packets], dtype=np.float64)),
                fps=float(stream.average_rate or 0),
                codec=stream.codec_context.codec.canonical_name,
                pixel_format=stream.pix_fmt or "",
                num_key_frames=sum(is_key for _, is_key in packets),
                has_audio=bool(container.streams.audio),
            )
    except (av.FFmpegError, OSError) as error:
        raise InputError(f"{path} is not a readable video.", str(error)) from error
