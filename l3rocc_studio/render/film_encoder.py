"""Encodes the pictures of one segment of a film, beside the drawing."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from l3rocc_engine.errors import OutputError
from l3rocc_studio.model.film_spec import FilmFormat, FilmQuality
from l3rocc_studio.render import film_codec
from l3rocc_studio.render.film_codec import Codec, codec_of
from l3rocc_studio.render.planar import PICTURES_IN_WORK, PlanarPicture

QUEUE_FRAMES = PICTURES_IN_WORK - 2
BT709 = 1
LIMITED_RANGE = 1
_END = None
FilmPicture = NDArray[np.uint8] | PlanarPicture
"""(H, W, 3) RGB, (H, W, 4) RGBA, or planes."""
ToFrame = Callable[[FilmPicture], Any]


class PictureSink(Protocol):
    """Takes the pictures of a segment in order."""

    def add(self, picture: FilmPicture) -> None:
        """Append one picture; one of planes may become another when ``PICTURES_IN_WORK - 1`` more were added."""
        ...


def open_segment(
    path: Path, kind: FilmFormat, size_px: tuple[int, int], rate: Fraction, quality: FilmQuality, *, is_clear: bool
) -> AbstractContextManager[PictureSink]:
    """Begin a segment; it is complete when the context is left.

    Parameters
    ----------
    path
        The file to make, or the folder for a PNG sequence.
    kind
        Format of the film.
    size_px
        (width, height), both even.
    rate
        Pictures a second, for the encoder's planning; times are given when segments are joined.
    quality
        How good the pictures are for their bits.
    is_clear
        Whether the pictures have opacity.
    """
    if kind is FilmFormat.PNG:
        return PictureFolder(path)
    return FilmEncoder(path, size_px, rate, codec_of(kind, quality, is_clear=is_clear))


class PictureFolder:
    """Writes pictures as PNG files, numbered from 0, in threads of its own."""

    def __init__(self, path: Path) -> None:
        self._path, self._count = path, 0

    def __enter__(self) -> PictureFolder:
        self._path.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_exc: object) -> None:
        return

    def add(self, picture: FilmPicture) -> None:
        """Write one picture, (H, W, 3 or 4)."""
        assert isinstance(picture, np.ndarray)
        Image.fromarray(picture).save(self._path / f"{self._count:06d}.png", compress_level=film_codec.PNG_EFFORT)
        self._count += 1


def _planar_frame(picture: FilmPicture) -> Any:
    return (picture if isinstance(picture, PlanarPicture) else PlanarPicture.of(picture)).frame


def _clear_frame(picture: FilmPicture) -> Any:
    return av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format="yuva420p", dst_colorspace="ITU709")


def _lossless_frame(picture: FilmPicture) -> Any:
    return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")


_TO_FRAME: dict[str, ToFrame] = {"yuv420p": _planar_frame, "yuva420p": _clear_frame, "bgr0": _lossless_frame}
"""Turns a picture into a frame, by a codec's kind of pixels."""


class FilmEncoder:
    """Encodes pictures in a thread of its own; use it as a context manager.

    Parameters
    ----------
    path
        The file to make.
    size_px
        (width, height), both even.
    rate
        Frames a second.
    codec
        What encodes.
    """

    def __init__(self, path: Path, size_px: tuple[int, int], rate: Fraction, codec: Codec) -> None:
        self._path, self._size_px, self._rate, self._codec = path, size_px, rate, codec
        self._queue: queue.Queue[FilmPicture | None] = queue.Queue(maxsize=QUEUE_FRAMES)
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

    def add(self, picture: FilmPicture) -> None:
        """Append one picture; waits while the encoder is behind.

        Raises
        ------
        OutputError
            If the encoder failed.
        """
        self._put(picture)
        self._raise_failure()

    def _put(self, picture: FilmPicture | None) -> None:
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
        with av.open(str(self._path.absolute()), "w") as container:
            stream = self._open_stream(container)
            number = 0
            while (picture := self._queue.get()) is not _END:
                if self._stop.is_set():
                    continue
                frame = _TO_FRAME[self._codec.pixels](picture)
                frame.pts, frame.time_base = number, 1 / self._rate
                container.mux(stream.encode(frame))
                number += 1
            container.mux(stream.encode(None))

    def _open_stream(self, container: Any) -> Any:
        stream = container.add_stream(self._codec.name, rate=self._rate)
        stream.width, stream.height = self._size_px
        stream.pix_fmt = self._codec.pixels
        stream.time_base = 1 / self._rate
        context = stream.codec_context
        context.thread_count = film_codec.ENCODER_THREADS
        if self._codec.pixels.startswith("yuv"):
            context.colorspace = context.color_primaries = context.color_trc = BT709
            context.color_range = LIMITED_RANGE
        context.options = self._codec.options
        if self._codec.pixels == "yuva420p":
            stream.metadata["alpha_mode"] = "1"
        return stream
