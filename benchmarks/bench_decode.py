"""PyAV (through our video source) against OpenCV: opening, decoding, stepping and random access.

    python -m benchmarks.bench_decode [CLIP …]

Without clips it makes some with PyAV in a temporary folder: groups of 2, 12 and 250 pictures, with B-frames. Times are
medians in milliseconds of CPU time a call (all threads together, so that a busy machine does not matter), and OpenCV's
time divided by ours. OpenCV's pictures are compared with ours too: its seeking is not exact on every file. "Step" is a
call by number, one on or one back, as a slider makes it. Part of ``benchmarks``.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import av
import cv2
import numpy as np

from benchmarks.measure import Row, costs_of
from benchmarks.table import print_rows
from l3rocc_engine.frames.video import VideoSource

NUM_THREADS = 2
Calls = list[Callable[[], object]]


class FrameReader(Protocol):
    """Hands out pictures by number."""

    def frame(self, frame_idx: int) -> Any: ...


def make_clip(path: Path, *, num_frames: int, size_px: tuple[int, int], group: int) -> Path:
    """A textured picture that pans and shakes, H.264 with two B-frames."""
    width, height = size_px
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 255, (height // 8, width // 4, 3), dtype=np.uint8)
    canvas = cv2.resize(coarse, (2 * width, height + 32), interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.options = {"preset": "veryfast", "crf": "23", "g": str(group), "bf": "2"}
        stream.codec_context.thread_count = NUM_THREADS
        for number in range(num_frames):
            x, y = 3 * number % width, int(16 + 15 * np.sin(number / 5))
            picture = np.ascontiguousarray(canvas[y : y + height, x : x + width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


class OpenCvReader:
    """The usual way with OpenCV."""

    def __init__(self, path: Path) -> None:
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, NUM_THREADS])

    def frame(self, frame_idx: int) -> Any:
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, frame_idx)
        return self._read()

    def frames(self) -> Iterator[Any]:
        while (picture := self._read()) is not None:
            yield picture

    def _read(self) -> Any:
        has_picture, picture = self._capture.read()
        return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) if has_picture else None


def count(pictures: Iterator[Any]) -> int:
    return sum(1 for _ in pictures)


def bench(path: Path, num_seeks: int) -> list[Row]:
    ours, theirs, uncached = VideoSource(path), OpenCvReader(path), VideoSource(path, cache_bytes=0)
    num_frames = ours.num_frames
    rng = random.Random(1)
    places = [rng.randrange(num_frames) for _ in range(num_seeks)]
    steps = list(range(num_frames // 2, min(num_frames, num_frames // 2 + num_seeks)))

    def ratio(task: str, mine: Calls, other: Calls, per: int = 1) -> Row:
        cost, opencv = costs_of(mine), costs_of(other)
        note = f"OpenCV {opencv.cpu_ms / per:.2f}, {opencv.cpu_ms / max(cost.cpu_ms, 1e-3):.2f} times ours"
        return cost.row(task, per=per, input=path.name, note=note)

    def each(reader: FrameReader, frames: list[int]) -> Calls:
        return [partial(reader.frame, frame_idx) for frame_idx in frames]

    wrong = sum(not _looks_alike(ours.frame(place), theirs.frame(place)) for place in places)
    exact = Row(name="OpenCV frames that differ", value=wrong, unit=f"of {len(places)}", input=path.name)
    return [
        ratio("open", [lambda: VideoSource(path)] * 5, [lambda: OpenCvReader(path)] * 5),
        ratio(
            "decode all, a frame",
            [lambda: count(ours.frames())] * 3,
            [lambda: count(OpenCvReader(path).frames())] * 3,
            num_frames,
        ),
        ratio("random frame, no cache", each(uncached, places), each(theirs, places)),
        ratio("random frame", each(VideoSource(path), places), each(theirs, places)),
        ratio("step forward", each(VideoSource(path), steps), each(theirs, steps)),
        ratio("step backward", each(VideoSource(path), steps[::-1]), each(theirs, steps[::-1])),
        exact,
    ]


def _looks_alike(a: Any, b: Any) -> bool:
    return b is not None and a.shape == b.shape and float(np.abs(a.astype(np.int16) - b).mean()) < 3.0


def rows(*, is_quick: bool) -> list[Row]:
    """Made clips; the quick one is short and small."""
    groups, num_frames, size_px, seeks = (
        ((12,), 30, (320, 240), 5) if is_quick else ((2, 12, 250), 240, (1280, 720), 30)
    )
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for group in groups:
            path = Path(folder) / f"gop{group}.mp4"
            found += bench(make_clip(path, num_frames=num_frames, size_px=size_px, group=group), seeks)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--seeks", type=int, default=30)
    arguments = parser.parse_args()
    found = [row for clip in arguments.clips for row in bench(clip, arguments.seeks)] or rows(is_quick=False)
    print_rows(f"PyAV {av.__version__}, OpenCV {cv2.__version__}, {NUM_THREADS} threads", found)


if __name__ == "__main__":
    main()
