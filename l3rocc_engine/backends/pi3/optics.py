"""What the keyframes' cameras say of the clip's: one for all frames, one a frame, or no pinhole at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from l3rocc_engine.backends.pi3.intrinsics import CameraFit
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.robust import MAD_TO_SIGMA
from l3rocc_engine.geometry.zoom import ZoomTrack, interpolate_zoom
from l3rocc_engine.reconstruction import PointMap

PINHOLE_RESIDUAL = 0.01
"""Median residual, as a share of the picture's width, up to which the rays are called those of a pinhole."""
ZOOM_SPREAD = 0.1
"""Relative spread of the focal length over the keyframes below which no zoom is seen.

The network's own focal lengths wander by some hundredths over a walk with one lens; a zoom that anybody uses is more.
"""
ZOOM_TO_NOISE = 4.0
"""A zoom spreads focal lengths by this many standard deviations of what neighbouring keyframes differ at random."""
ZOOM_TO_RESIDUAL = 10.0
"""And by this many times the residual of the fits, as a share of the picture's width."""
FEWEST_FOR_ZOOM = 5
ASSUMED_HFOV_DEG = 60.0
MOST_RAY_MAPS = 15
_NEIGHBOURS = 5

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optics:
    """The camera of a clip, for the source's picture size.

    Attributes
    ----------
    intrinsics
        The median of the keyframes' cameras.
    zoom
        The camera of every frame, where the zoom changes.
    residual_px
        Median residual over the keyframes, in pixels of the source.
    focal_spread
        Largest less smallest focal length (10 to 90 % of the keyframes) as a share of the median.
    is_pinhole
        Whether the rays fit a pinhole at all.
    notes
        Sentences for the user.
    """

    intrinsics: Intrinsics
    zoom: ZoomTrack | None
    residual_px: float
    focal_spread: float
    is_pinhole: bool
    notes: tuple[str, ...]


def find_optics(
    fits: Sequence[CameraFit | None],
    key_frames: NDArray[np.int64],
    timestamps_s: FloatArray,
    size_px: tuple[int, int],
) -> Optics:
    """The clip's camera from those of its keyframes.

    Parameters
    ----------
    fits
        One a keyframe, None where none was believable.
    key_frames
        (K,) increasing source frame numbers.
    timestamps_s
        (T,) of all frames.
    size_px
        (width, height) of the source's pictures.
    """
    found = [(frame, fit) for frame, fit in zip(key_frames.tolist(), fits, strict=True) if fit is not None]
    if not found or len(found) * 2 < len(fits):
        return _assumed(size_px)
    width, height = size_px
    scaled = [fit.intrinsics.scaled_to(width, height) for _, fit in found]
    numbers = np.array([(k.fx_px, k.fy_px, k.cx_px, k.cy_px) for k in scaled])
    fx, fy, cx, cy = np.median(numbers, axis=0).tolist()
    camera = Intrinsics(fx_px=fx, fy_px=fy, cx_px=cx, cy_px=cy, width_px=width, height_px=height)
    residual = float(np.median([fit.residual_px * width / fit.intrinsics.width_px for _, fit in found]))
    low, high = np.quantile(numbers[:, 0], (0.1, 0.9))
    is_pinhole = residual <= PINHOLE_RESIDUAL * width
    notes, zoom = [], None
    if not is_pinhole:
        notes.append(
            f"The predicted rays do not fit a plain camera ({residual:.1f} pixels off): visibility is cast along them "
            "as they are, and the intrinsics are those of the nearest plain camera."
        )
    elif has_zoom(numbers[:, 0], residual / width):
        times, kept = timestamps_s[[frame for frame, _ in found]], is_no_spike(np.log(numbers[:, 0]))
        zoom = interpolate_zoom(times[kept], numbers[kept, 0], timestamps_s, camera)
        notes.append(
            f"The zoom changes by a factor of {zoom.ratio:.2f} over the clip: every frame has its own camera. What no "
            "camera looked at and what was hidden are not told apart under a zoom."
        )
    return Optics(
        intrinsics=camera,
        zoom=zoom,
        residual_px=residual,
        focal_spread=float((high - low) / fx),
        is_pinhole=is_pinhole,
        notes=tuple(notes),
    )


def has_zoom(focals: FloatArray, residual_share: float) -> bool:
    """Whether focal lengths (K,) in order of time differ by more than chance.

    Chance is told from second differences, which a steady zoom leaves at zero, and from the residual of the fits as a
    share of the picture's width; single wrong keyframes do not count.
    """
    if len(focals) < FEWEST_FOR_ZOOM:
        return False
    logs = np.log(focals)
    low, high = np.quantile(logs[is_no_spike(logs)], (0.1, 0.9))
    return bool(high - low > max(ZOOM_SPREAD, ZOOM_TO_NOISE * _noise(logs), ZOOM_TO_RESIDUAL * residual_share))


def is_no_spike(logs: FloatArray) -> NDArray[np.bool_]:
    """Which logarithms of focal lengths (K,) go along with those before and after them."""
    if len(logs) < FEWEST_FOR_ZOOM:
        return np.ones(len(logs), bool)
    away = np.abs(logs - median_filter(logs, size=_NEIGHBOURS, mode="nearest"))
    is_kept: NDArray[np.bool_] = away <= max(ZOOM_SPREAD, ZOOM_TO_NOISE * _noise(logs))
    return is_kept


def _noise(logs: FloatArray) -> float:
    """Standard deviation of what differs at random from one keyframe to the next."""
    bends = logs[2:] - 2.0 * logs[1:-1] + logs[:-2]
    return MAD_TO_SIGMA * float(np.median(np.abs(bends))) / 6.0**0.5


def measured_rays(point_maps: Sequence[PointMap]) -> NDArray[np.float32]:
    """Directions (H * W, 3) that the pixels look along, the median over some keyframes; NaN where none has a point."""
    chosen = np.unique(np.linspace(0, len(point_maps) - 1, min(MOST_RAY_MAPS, len(point_maps))).astype(np.int64))
    directions = []
    for number in chosen.tolist():
        points = point_maps[number].points_cam
        directions.append(points / np.linalg.norm(points, axis=-1, keepdims=True))
    return _median_of_known(np.stack(directions)).reshape(-1, 3)


def _median_of_known(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median along the first axis of what is no NaN; numpy's own takes many times the memory."""
    stack.sort(axis=0)  # NaN last
    known = np.isfinite(stack).sum(axis=0, keepdims=True)
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, len(stack) - 1)
    return ((np.take_along_axis(stack, low, axis=0) + np.take_along_axis(stack, high, axis=0)) / 2)[0]


def _assumed(size_px: tuple[int, int]) -> Optics:
    width, height = size_px
    focal = width / 2 / float(np.tan(np.radians(ASSUMED_HFOV_DEG / 2)))
    camera = Intrinsics(fx_px=focal, fy_px=focal, cx_px=width / 2, cy_px=height / 2, width_px=width, height_px=height)
    note = (
        "The predicted rays fit no plain camera: visibility is cast along them as they are, and the intrinsics assume "
        f"a field of view of {ASSUMED_HFOV_DEG:.0f} degrees."
    )
    return Optics(
        intrinsics=camera, zoom=None, residual_px=float("nan"), focal_spread=0.0, is_pinhole=False, notes=(note,)
    )
