"""A video file as a source of frames."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.colors import rgb_of
from l3rocc_engine.frames.fingerprint import fingerprint_of
from l3rocc_engine.frames.frame_cache import FrameCache
from l3rocc_engine.frames.orientation import Orientation, orientation_of
from l3rocc_engine.frames.source import KnownCameras, RgbImage
from l3rocc_engine.frames.video_container import ACCEPTED, VideoContainer
from l3rocc_engine.frames.video_decoder import VideoDecoder
from l3rocc_engine.frames.video_index import VideoIndex, build_video_index, nominal_rate
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress

DEFAULT_CACHE_BYTES = 128 * 1024 * 1024
_HDR_CURVES = (16, 18)
"""Transfer characteristics of ITU-T H.273: perceptual quantiser and hybrid log-gamma."""


class VideoSource:
    """Frames of an mp4, mov, mkv, avi or webm file.

    ``frame(i)`` is always the i-th picture of a decode from beginning to end, whatever the order of the calls.
    Opening reads the whole file once, without decoding where its time stamps can be trusted. Decoded pictures are
    kept in a bounded cache, so stepping back inside a group of pictures is cheap. Only where a file is damaged inside a
    picture may the part that the decoder patches up look different from one access to the next.

    All methods may be called from several threads. :meth:`frame` holds a lock while it decodes; :meth:`frames`
    decodes with a file handle of its own, so a worker that streams does not disturb a window that scrubs.

    Parameters
    ----------
    path
        The file.
    cache_bytes
        Upper bound for decoded pictures kept.
    progress
        Called with ``(done, total)`` while the file is indexed.
    cancel
        Stops indexing.

    Raises
    ------
    InputError
        If the file is missing, is no video, or no picture in it can be decoded.
    Cancelled
        If ``cancel`` was set.
    """

    def __init__(
        self,
        path: Path,
        *,
        cache_bytes: int = DEFAULT_CACHE_BYTES,
        progress: StepProgress = no_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        if not path.is_file():
            raise InputError(f"{path} is not a file.", f"Choose an {ACCEPTED}.")
        self._path = path
        self._lock = threading.RLock()
        self._is_closed = False
        self._fingerprint: str | None = None
        self._cache: FrameCache[Any] = FrameCache(cache_bytes)
        self._last: tuple[int, RgbImage] | None = None
        container = VideoContainer(path)
        try:
            self._index = build_video_index(container, progress=progress, cancel=cancel or CancelToken())
            self._require_frames()
            self._fps = _rate_of(self._index, nominal_rate(container))
            self._decoder = VideoDecoder(container, self._index)
            first = self._picture(0)
        except BaseException:
            container.close()
            raise
        self._stored_size_px = (int(first.width), int(first.height))
        self._orientation = orientation_of(first)
        self._index.timestamps_s.setflags(write=False)
        self._warnings = (
            *_index_warnings(path.name, self._index),
            *_picture_warnings(path.name, first, self._orientation, container.stream.sample_aspect_ratio),
        )

    def _require_frames(self) -> None:
        if self._index.num_frames == 0:
            raise InputError(
                f"{self._path} holds no picture that can be decoded.",
                "The file is empty, cut off or damaged: copy or download it again.",
            )

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._path.stem

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def video_path(self) -> Path | None:
        """The file."""
        return self._path

    @property
    def num_frames(self) -> int:
        """Number of frames that decode."""
        return self._index.num_frames

    @property
    def fps(self) -> float:
        """Mean rate in frames a second."""
        return self._fps

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) as seen, after rotation."""
        return self._orientation.apply_size(self._stored_size_px)

    @property
    def timestamps_s(self) -> NDArray[np.float64]:
        """(T,) float64 presentation times in seconds, the first 0, strictly increasing."""
        return self._index.timestamps_s

    @property
    def fingerprint(self) -> str:
        """Hash of the file's size and samples of its bytes."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint_of([self._path], label="video")
        return self._fingerprint

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what is unusual or broken in the file."""
        return self._warnings

    @property
    def cameras(self) -> KnownCameras | None:
        """None: a video knows no cameras."""
        return None

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB, read-only.

        Raises
        ------
        IndexError
            If there is no such frame.
        InputError
            If the file is damaged at this frame, or the source is closed.
        """
        self._check_index(frame_idx)
        with self._lock:
            if self._last is None or self._last[0] != frame_idx:
                self._last = (frame_idx, self._to_rgb(self._picture(frame_idx), frame_idx))
            return self._last[1]

    def _check_index(self, frame_idx: int) -> None:
        if not 0 <= frame_idx < self.num_frames:
            raise IndexError(f"{self._path.name} has {self.num_frames} frames; there is no frame {frame_idx}.")

    def _check_open(self) -> None:
        if self._is_closed:
            raise InputError(f"{self._path} has been closed.", "Open it again.")

    def _picture(self, frame_idx: int) -> Any:
        self._check_open()
        picture = self._cache.get(frame_idx)
        if picture is None:
            for reached, picture in self._decoder.walk_to(frame_idx):
                # Kept as decoded: half the bytes of RGB, and most of these are only passed through.
                self._cache.put(reached, picture, sum(plane.buffer_size for plane in picture.planes))
        return picture

    def _to_rgb(self, picture: Any, frame_idx: int) -> RgbImage:
        if (picture.width, picture.height) != self._stored_size_px:
            width, height = self._stored_size_px
            raise InputError(
                f"The pictures of {self._path} change from {width}x{height} to {picture.width}x{picture.height} "
                f"at frame {frame_idx}.",
                "Convert it to one size with: ffmpeg -i INPUT -c:v libx264 -crf 18 converted.mp4",
            )
        rgb: RgbImage = self._orientation.apply(rgb_of(picture))
        rgb.setflags(write=False)
        return rgb

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Stream pictures in increasing order of frame number, all of them or those asked for, each once.

        Raises
        ------
        IndexError
            If there is no such frame.
        InputError
            If the file is damaged at one of the frames, or the source is closed.
        """
        wanted = range(self.num_frames) if indices is None else sorted(set(indices))
        for frame_idx in (wanted[0], wanted[-1]) if wanted else ():
            self._check_index(frame_idx)
        self._check_open()
        return self._stream(wanted)

    def _stream(self, wanted: Iterable[int]) -> Iterator[tuple[int, RgbImage]]:
        container = VideoContainer(self._path)
        if not self._index.is_intact:
            container.decode_reproducibly()
        decoder = VideoDecoder(container, self._index)
        try:
            for frame_idx in wanted:
                yield frame_idx, self._to_rgb(decoder.picture(frame_idx), frame_idx)
        finally:
            decoder.close()

    def close(self) -> None:
        """Release the file; streams that are running go on."""
        with self._lock:
            self._is_closed = True
            self._cache.clear()
            self._last = None
            self._decoder.close()


def _rate_of(index: VideoIndex, nominal_fps: float) -> float:
    """The stated rate where the times agree with it to 1 %, else their mean rate."""
    if index.num_frames < 2 or not index.has_true_times:
        return nominal_fps
    mean_fps = float((index.num_frames - 1) / index.timestamps_s[-1])
    return nominal_fps if abs(nominal_fps / mean_fps - 1.0) < 0.01 else mean_fps


def _index_warnings(name: str, index: VideoIndex) -> Iterator[str]:
    if not index.is_intact:
        lost = f"; {index.num_dropped} of its frames cannot be decoded" if index.num_dropped else ""
        yield f"{name} is cut off or damaged{lost}; the {index.num_frames} frames that decode are used."
    if not index.has_true_times:
        yield f"{name} carries no usable frame times; its frames are spaced evenly."
    steps_s = np.diff(index.timestamps_s)
    if len(steps_s) and steps_s.max() > 1.5 * steps_s.min():
        low, high = 1000.0 * steps_s.min(), 1000.0 * steps_s.max()
        yield f"{name} has a variable frame rate: its frames are {low:.0f} to {high:.0f} ms apart."


def _picture_warnings(name: str, picture: Any, orientation: Orientation, aspect: Fraction | None) -> Iterator[str]:
    if aspect and aspect != 1:
        yield f"The pixels of {name} are not square ({aspect.numerator}:{aspect.denominator}); frames are as stored."
    if not orientation.is_upright:
        yield f"{name} is stored {orientation.label}; its frames are shown upright."
    if picture.color_trc in _HDR_CURVES:
        yield f"{name} is a high dynamic range video; its colours are shown as they are stored, rather pale."
