"""Frames to H.264, as good as a size limit allows."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BT601 = 5
LIMITED_RANGE = 1


def encode_under(path: Path, frames: list[NDArray[np.uint8]], fps: int, limit_bytes: int) -> int:
    """Write the frames with the best constant quality that stays under the limit; returns the rate factor used."""
    for crf in range(17, 40):
        encode(path, frames, fps, crf)
        if path.stat().st_size < limit_bytes:
            return crf
    raise ValueError(f"{path} does not fit into {limit_bytes} bytes")


def encode(path: Path, frames: list[NDArray[np.uint8]], fps: int, crf: int) -> None:
    """Write RGB frames as constant-rate H.264 in MP4; one thread, so that every run gives the same file."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("h264", rate=fps, options={"crf": str(crf), "preset": "slow", "threads": "1"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = BT601, LIMITED_RANGE
        for image in frames:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
