"""PyAV (through our video source) against OpenCV: opening, decoding, stepping and random access.

    python benchmarks/bench_decode.py [CLIP …] [--frames 240] [--size 1280x720] [--seeks 30]

Without clips it makes three with PyAV in a temporary folder: groups of 2, 12 and 250 pictures, with B-frames. For each
clip and task the median is given in milliseconds of CPU time a call (all threads together, so that a busy machine does
not matter), and OpenCV's time divided by ours. OpenCV's pictures are compared with ours too: its seeking is not exact
on every file. "Step" is a call by number, one on or one back, as a slider makes it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from l3rocc_engine.frames.video import VideoSource

NUM_THREADS = 2


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


def milliseconds(action: Callable[[], Any]) -> float:
    start_s = time.process_time()
    action()
    return 1000.0 * (time.process_time() - start_s)


def median_of(action: Callable[[int], Any], arguments: list[int]) -> float:
    return statistics.median(milliseconds(lambda argument=argument: action(argument)) for argument in arguments)


def count(pictures: Iterator[Any]) -> int:
    return sum(1 for _ in pictures)


def bench(path: Path, num_seeks: int) -> None:
    ours = VideoSource(path)
    theirs = OpenCvReader(path)
    num_frames = ours.num_frames
    rng = random.Random(1)
    places = [rng.randrange(num_frames) for _ in range(num_seeks)]
    steps = list(range(num_frames // 2, min(num_frames, num_frames // 2 + num_seeks)))

    def ratio(task: str, mine_ms: float, opencv_ms: float) -> None:
        print(f"| {path.name} | {task} | {mine_ms:.2f} | {opencv_ms:.2f} | {opencv_ms / mine_ms:.2f} |")

    opens = range(5)
    ratio(
        "open",
        median_of(lambda _: VideoSource(path), list(opens)),
        median_of(lambda _: OpenCvReader(path), list(opens)),
    )
    runs = range(3)
    mine = median_of(lambda _: count(ours.frames()), list(runs)) / num_frames
    opencv = median_of(lambda _: count(OpenCvReader(path).frames()), list(runs)) / num_frames
    ratio("decode all, per frame", mine, opencv)
    uncached = VideoSource(path, cache_bytes=0)
    ratio("random frame, no cache", median_of(uncached.frame, places), median_of(theirs.frame, places))
    ratio("random frame", median_of(VideoSource(path).frame, places), median_of(theirs.frame, places))
    ratio("step forward", median_of(VideoSource(path).frame, steps), median_of(theirs.frame, steps))
    ratio("step backward", median_of(VideoSource(path).frame, steps[::-1]), median_of(theirs.frame, steps[::-1]))
    wrong = sum(not _looks_alike(ours.frame(place), theirs.frame(place)) for place in places)
    print(f"| {path.name} | OpenCV frames that differ from a full decode | 0 | {wrong} of {len(places)} | |")


def _looks_alike(a: Any, b: Any) -> bool:
    return b is not None and a.shape == b.shape and float(np.abs(a.astype(np.int16) - b).mean()) < 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--seeks", type=int, default=30)
    arguments = parser.parse_args()
    width, height = (int(number) for number in arguments.size.split("x"))
    print(f"PyAV {av.__version__}, OpenCV {cv2.__version__}, {NUM_THREADS} threads")
    print("| clip | task | ours, CPU ms | OpenCV, CPU ms | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        clips = arguments.clips or [
            make_clip(
                Path(folder) / f"gop{group}.mp4", num_frames=arguments.frames, size_px=(width, height), group=group
            )
            for group in (2, 12, 250)
        ]
        for clip in clips:
            bench(clip, arguments.seeks)


if __name__ == "__main__":
    main()
