"""H.264 films that every browser and slide program plays, encoded beside the drawing."""

from __future__ import annotations

import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import OutputError

CRF = 20
PRESET = "veryfast"
QUEUE_FRAMES = 4
BT709 = 1
_END = None


def film_rate(fps: float) -> Fraction:
    """A frame rate as the fraction that players expect: 29.97 becomes 30000/1001."""
    broadcast = Fraction(round(fps * 1001 / 1000) * 1000, 1001)
    if abs(float(broadcast) - fps) < 0.005 and abs(round(fps) - fps) > 0.005:
        return broadcast
    return Fraction(fps).limit_denominator(1000)


class FilmEncoder:
    """Encodes pictures in a thread of its own; use it as a context manager.

    Parameters
    ----------
    path
        The mp4 to make.
    size_px
        (width, height), both even.
    rate
        Frames a second.
    """

    def __init__(self, path: Path, size_px: tuple[int, int], rate: Fraction) -> None:
        self._path, self._size_px, self._rate = path, size_px, rate
        self._queue: queue.Queue[NDArray[np.uint8] | None] = queue.Queue(maxsize=QUEUE_FRAMES)
        self._failure: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="film-encoder")

    def __enter__(self) -> FilmEncoder:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is not None:
            self._stop.set()
        self._put(_END)
        self._thread.join()
        if kind is None:
            self._raise_failure()

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Append one picture (H, W, 3) uint8 RGB; waits while the encoder is behind.

        Raises
        ------
        OutputError
            If the encoder failed.
        """
        self._put(picture)
        self._raise_failure()

    def _put(self, picture: NDArray[np.uint8] | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(picture, timeout=0.2)
            except queue.Full:
                continue
            return

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise OutputError(f"The film {self._path.name} cannot be encoded: {self._failure}.") from self._failure

    def _run(self) -> None:
        try:
            self._encode()
        except (av.FFmpegError, OSError, ValueError) as error:
            self._failure = error

    def _encode(self) -> None:
        with av.open(str(self._path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = self._open_stream(container)
            number = 0
            while (picture := self._queue.get()) is not _END:
                if self._stop.is_set():
                    continue
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
                frame.pts, frame.time_base = number, 1 / self._rate
                container.mux(stream.encode(frame))
                number += 1
            container.mux(stream.encode(None))

    def _open_stream(self, container: Any) -> Any:
        stream = container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height = self._size_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = 1 / self._rate
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = 1
        context.options = {"crf": str(CRF), "preset": PRESET}
        return stream
