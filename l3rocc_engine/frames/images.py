"""A folder of pictures as a source of frames."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.fingerprint import fingerprint_of
from l3rocc_engine.frames.frame_cache import FrameCache
from l3rocc_engine.frames.image_file import IMAGE_SUFFIXES, read_image_header, read_rgb_image
from l3rocc_engine.frames.source import KnownCameras, RgbImage
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress

DEFAULT_CACHE_BYTES = 64 * 1024 * 1024


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorting key that puts ``2.jpg`` before ``10.jpg``."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return tuple((0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts if part)


def list_images(folder: Path) -> list[Path]:
    """The pictures that lie directly in a folder, in natural order of their names; hidden files are left out."""
    paths = (p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and not p.name.startswith("."))
    return sorted((p for p in paths if p.is_file()), key=lambda p: natural_key(p.name))


class ImageFolderSource:
    """Frames from jpg, png, webp, bmp or tif files, in natural order of their names.

    All methods may be called from several threads.

    Parameters
    ----------
    folder
        Where the pictures lie.
    fps
        Frames a second; pictures do not say.
    images
        The files to take, in order; all in the folder by default.
    cache_bytes
        Upper bound for decoded pictures kept.
    progress
        Called with ``(done, total)`` while the sizes are read.
    cancel
        Stops reading the sizes.

    Raises
    ------
    InputError
        If there is no picture, one cannot be read, sizes differ, or one name occurs with two endings.
    Cancelled
        If ``cancel`` was set.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fps: float,
        images: Sequence[Path] | None = None,
        cache_bytes: int = DEFAULT_CACHE_BYTES,
        progress: StepProgress = no_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        if not 0.0 < fps <= 1000.0:
            raise InputError(f"A folder of pictures needs a rate from 0 to 1000 frames a second, not {fps}.")
        self._path = folder
        self._images = tuple(list_images(folder) if images is None else images)
        if not self._images:
            raise InputError(f"{folder} holds no pictures.", "Supported: jpg, png, webp, bmp and tif files.")
        _refuse_twins(self._images)
        self._fps = float(fps)
        self._size_px = _common_size(self._images, progress, cancel or CancelToken())
        self._timestamps_s = np.arange(len(self._images)) / self._fps
        self._timestamps_s.setflags(write=False)
        self._warnings = tuple(_gap_warnings(self._images))
        self._fingerprint: str | None = None
        self._cache: FrameCache[RgbImage] = FrameCache(cache_bytes)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._path.name

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    @property
    def video_path(self) -> Path | None:
        """None: there is no video file."""
        return None

    @property
    def num_frames(self) -> int:
        """Number of pictures."""
        return len(self._images)

    @property
    def fps(self) -> float:
        """The rate that was asked for."""
        return self._fps

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) as seen, after EXIF orientation."""
        return self._size_px

    @property
    def timestamps_s(self) -> NDArray[np.float64]:
        """(T,) float64, ``i / fps``."""
        return self._timestamps_s

    @property
    def fingerprint(self) -> str:
        """Hash of the pictures' names, sizes and samples of their bytes."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint_of(self._images, label="images")
        return self._fingerprint

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about gaps in the numbering."""
        return self._warnings

    @property
    def cameras(self) -> KnownCameras | None:
        """None: pictures know no cameras."""
        return None

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB, read-only.

        Raises
        ------
        IndexError
            If there is no such frame.
        InputError
            If the file cannot be decoded.
        """
        if not 0 <= frame_idx < self.num_frames:
            raise IndexError(f"{self.name} has {self.num_frames} frames; there is no frame {frame_idx}.")
        with self._lock:
            picture = self._cache.get(frame_idx)
        if picture is None:
            picture = read_rgb_image(self._images[frame_idx])
            picture.setflags(write=False)
            with self._lock:
                self._cache.put(frame_idx, picture, picture.nbytes)
        return picture

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Stream pictures in increasing order of frame number, all of them or those asked for, each once.

        Raises
        ------
        IndexError
            If there is no such frame.
        InputError
            If a file cannot be decoded.
        """
        for frame_idx in range(self.num_frames) if indices is None else sorted(set(indices)):
            yield frame_idx, self.frame(frame_idx)

    def close(self) -> None:
        """Forget the decoded pictures; no file stays open."""
        with self._lock:
            self._cache.clear()


def _refuse_twins(images: Sequence[Path]) -> None:
    seen: dict[str, str] = {}
    for image in images:
        twin = seen.setdefault(image.stem, image.name)
        if twin != image.name:
            raise InputError(
                f"{image.parent} holds both {twin} and {image.name}.",
                "Keep one kind of pictures in the folder, for instance colour without depth.",
            )


def _common_size(images: Sequence[Path], progress: StepProgress, cancel: CancelToken) -> tuple[int, int]:
    first_px: tuple[int, int] | None = None
    for done, image in enumerate(images):
        if done % 32 == 0:
            cancel.check()
            progress(done, len(images))
        stored_px, orientation = read_image_header(image)
        size_px = orientation.apply_size(stored_px)
        first_px = first_px or size_px
        if size_px != first_px:
            raise InputError(
                f"The pictures in {image.parent} differ in size: {images[0].name} is {first_px[0]}x{first_px[1]}, "
                f"{image.name} is {size_px[0]}x{size_px[1]}.",
                "Put pictures of one size into a folder of their own.",
            )
    assert first_px is not None
    return first_px


def _gap_warnings(images: Sequence[Path]) -> Iterator[str]:
    """Names that count with one step and then jump: pictures are probably missing."""
    matches = [re.search(r"([0-9]+)$", image.stem) for image in images]
    numbers = np.array([int(match.group(1)) for match in matches if match], dtype=np.float64)
    if len(numbers) != len(images) or len(numbers) < 3:
        return
    steps = np.diff(numbers)
    usual = float(np.median(steps))
    jumps = np.flatnonzero(steps != usual)
    if len(jumps):
        before, after = images[jumps[0]].name, images[jumps[0] + 1].name
        yield f"The numbering of the pictures in {images[0].parent.name} jumps from {before} to {after}."
