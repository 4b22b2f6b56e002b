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
from PIL import __version__ as PIL_VERSION  # noqa: N812  (a constant, as it is used here)

from l3rocc_engine.errors import OutputError
from l3rocc_studio.model.film_spec import FilmFormat, FilmQuality
from l3rocc_studio.render.planar import PICTURES_IN_WORK, PlanarPicture

QUEUE_FRAMES = PICTURES_IN_WORK - 2
BT709 = 1
LIMITED_RANGE = 1
H264_OPTIONS = {
    FilmQuality.DRAFT: {"crf": "25", "preset": "ultrafast"},
    # On drawn pictures as good as the plain preset at crf 20 (45 dB), in a third of its time. CAVLC instead of CABAC is
    # a twentieth of the size for a third of the work; a constant quantizer gives what crf gives without looking at each
    # picture twice; whole blocks at a finer quantizer cost a fifth less than blocks cut up, for a tenth of the size. A
    # coarser one for colours is not seen. Neither larger transforms nor softened blocks pay there.
    FilmQuality.GOOD: {
        "qp": "21",
        "preset": "superfast",
        "x264-params": "bframes=0:aq-mode=0:subme=0:me=dia:cabac=0:weightp=0:scenecut=0"
        ":8x8dct=0:no-deblock=1:partitions=none:no-dct-decimate=1:chroma-qp-offset=3",
    },
    FilmQuality.BEST: {"crf": "16", "preset": "medium"},
}
VP9_OPTIONS = {
    FilmQuality.DRAFT: {"crf": "38", "cpu-used": "8", "deadline": "realtime"},
    FilmQuality.GOOD: {"crf": "29", "cpu-used": "7", "deadline": "realtime"},
    FilmQuality.BEST: {"crf": "22", "cpu-used": "3", "deadline": "good"},
}
ENCODER_THREADS = 1
"""The drawing beside it takes the other cores. Never the machine's count: the bits would depend on it."""
PNG_EFFORT = 4
_END = None
FilmPicture = NDArray[np.uint8] | PlanarPicture
"""(H, W, 3) RGB, (H, W, 4) RGBA, or planes."""
ToFrame = Callable[[FilmPicture], Any]


class PictureSink(Protocol):
    """Takes the pictures of a segment in order."""

    def add(self, picture: FilmPicture) -> None:
        """Append one picture; one of planes may become another as soon as so many more were added as are in work."""
        ...


def segment_suffix(kind: FilmFormat) -> str:
    """Ending of a segment's name; a gif gets its colours at the end, from a segment that lost nothing."""
    return {FilmFormat.MP4: ".mp4", FilmFormat.WEBM: ".webm", FilmFormat.GIF: ".mkv", FilmFormat.PNG: ""}[kind]


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
    return FilmEncoder(path, size_px, rate, _codec(kind, quality, is_clear=is_clear))


def takes_planes(kind: FilmFormat, *, is_clear: bool) -> bool:
    """Whether a film's pictures are best given as planes."""
    return kind is FilmFormat.MP4 or (kind is FilmFormat.WEBM and not is_clear)


def encoding_facts(kind: FilmFormat, quality: FilmQuality, *, is_clear: bool) -> tuple[Any, ...]:
    """Everything that a segment's bytes depend on besides its pictures, as plain values: segments agree if these do."""
    libraries = sorted(av.library_versions.items())
    if kind is FilmFormat.PNG:
        return ("png", PNG_EFFORT, PIL_VERSION)
    codec = _codec(kind, quality, is_clear=is_clear)
    return (codec.name, codec.pixels, sorted(codec.options.items()), ENCODER_THREADS, av.__version__, libraries)


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
        Image.fromarray(picture).save(self._path / f"{self._count:06d}.png", compress_level=PNG_EFFORT)
        self._count += 1


class Codec:
    """How pictures become a stream.

    Parameters
    ----------
    name, pixels, options
        FFmpeg's names.
    to_frame
        Turns a picture into the encoder's kind of frame.
    """

    def __init__(self, name: str, pixels: str, options: dict[str, str], to_frame: ToFrame) -> None:
        self.name, self.pixels, self.options, self.to_frame = name, pixels, options, to_frame


def _codec(kind: FilmFormat, quality: FilmQuality, *, is_clear: bool) -> Codec:
    if kind is FilmFormat.MP4:
        return Codec("libx264", "yuv420p", H264_OPTIONS[quality], _planar_frame)
    if kind is FilmFormat.GIF:
        return Codec("ffv1", "bgr0", {}, _lossless_frame)
    options = {**VP9_OPTIONS[quality], "row-mt": "1", "b": "0"}
    if is_clear:
        return Codec("libvpx-vp9", "yuva420p", {**options, "auto-alt-ref": "0"}, _clear_frame)
    return Codec("libvpx-vp9", "yuv420p", options, _planar_frame)


def _planar_frame(picture: FilmPicture) -> Any:
    return (picture if isinstance(picture, PlanarPicture) else PlanarPicture.of(picture)).frame


def _clear_frame(picture: FilmPicture) -> Any:
    return av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format="yuva420p", dst_colorspace="ITU709")


def _lossless_frame(picture: FilmPicture) -> Any:
    return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")


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
                frame = self._codec.to_frame(picture)
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
        context.thread_count = ENCODER_THREADS
        if self._codec.pixels.startswith("yuv"):
            context.colorspace = context.color_primaries = context.color_trc = BT709
            context.color_range = LIMITED_RANGE
        context.options = self._codec.options
        if self._codec.pixels == "yuva420p":
            stream.metadata["alpha_mode"] = "1"
        return stream
