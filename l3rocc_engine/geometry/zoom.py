"""The camera of every frame of a clip whose zoom changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics, visibility_rays

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomTrack:
    """One pinhole camera a frame, for pictures of one size.

    Attributes
    ----------
    numbers
        (T, 4) float64: fx, fy, cx, cy in pixels, the top-left pixel's centre being (0.5, 0.5).
    width_px, height_px
        Size of the pictures that these numbers hold for.
    """

    numbers: FloatArray
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        if self.numbers.ndim != 2 or self.numbers.shape[1] != 4:
            raise InputError(f"The cameras of a zoom must have the shape (T, 4), not {self.numbers.shape}.")
        if not np.isfinite(self.numbers).all() or (self.numbers[:, :2] <= 0).any():
            raise InputError("A camera of the zoom has no usable focal length.")
        self.numbers.setflags(write=False)

    @property
    def num_frames(self) -> int:
        """T."""
        return len(self.numbers)

    @property
    def ratio(self) -> float:
        """Longest over shortest focal length."""
        return float(self.numbers[:, 0].max() / self.numbers[:, 0].min())

    def at(self, frame_idx: int) -> Intrinsics:
        """The camera of one frame."""
        fx, fy, cx, cy = self.numbers[frame_idx].tolist()
        return Intrinsics(fx_px=fx, fy_px=fy, cx_px=cx, cy_px=cy, width_px=self.width_px, height_px=self.height_px)


def interpolate_zoom(
    key_times_s: FloatArray, key_focals: FloatArray, timestamps_s: FloatArray, shared: Intrinsics
) -> ZoomTrack:
    """Cameras of all frames from the focal lengths of some.

    Focal lengths go from one to the next by equal factors in equal times and stay as they are before the first and
    after the last. A zoom moves neither the principal point nor the shape of the pixels: both are the shared camera's.

    Parameters
    ----------
    key_times_s
        (K,) increasing.
    key_focals
        (K,) focal lengths fx in pixels of the shared camera's picture size.
    timestamps_s
        (T,) of all frames.
    shared
        Typical camera of the clip.
    """
    focal = np.exp(np.interp(timestamps_s, key_times_s, np.log(key_focals)))
    numbers = np.empty((len(focal), 4))
    numbers[:, 0], numbers[:, 1] = focal, focal * (shared.fy_px / shared.fx_px)
    numbers[:, 2], numbers[:, 3] = shared.cx_px, shared.cy_px
    return ZoomTrack(numbers=numbers, width_px=shared.width_px, height_px=shared.height_px)


def camera_rows(intrinsics: Intrinsics, zoom: ZoomTrack | None, num_frames: int) -> FloatArray:
    """(T, 4) float64: fx, fy, cx, cy of every frame, all alike where there is no zoom."""
    if zoom is not None:
        return zoom.numbers
    k = intrinsics
    return np.tile([k.fx_px, k.fy_px, k.cx_px, k.cy_px], (num_frames, 1))


def camera_matrices(rows: FloatArray) -> FloatArray:
    """``K`` (T, 3, 3) of rows (T, 4)."""
    matrices = np.zeros((len(rows), 3, 3))
    matrices[:, 0, 0], matrices[:, 1, 1] = rows[:, 0], rows[:, 1]
    matrices[:, 0, 2], matrices[:, 1, 2] = rows[:, 2], rows[:, 3]
    matrices[:, 2, 2] = 1.0
    return matrices


def frame_rays(
    intrinsics: Intrinsics, zoom: ZoomTrack | None, view_rays: NDArray[np.float32] | None
) -> NDArray[np.float32] | Callable[[int], NDArray[np.float32]]:
    """Visibility rays (R, 3): those measured, else one set for all frames, else a function that gives each frame's."""
    if view_rays is not None:
        return view_rays
    if zoom is None:
        return visibility_rays(intrinsics)
    return lambda frame_idx: visibility_rays(zoom.at(frame_idx))
