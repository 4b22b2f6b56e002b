"""The walk: a hand-held camera that strolls sideways past the sofa, steps forward and turns to the bookcase."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

WIDTH_PX, HEIGHT_PX = 640, 480
HFOV_DEG = 70.0
FPS, SECONDS = 15, 12

KEY_TIMES = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0)
KEY_EYES = (
    (0.95, 1.05, 1.26), (1.35, 0.90, 1.24), (1.95, 0.86, 1.27), (2.50, 1.05, 1.24),
    (2.95, 1.38, 1.22), (3.22, 1.75, 1.25), (3.45, 2.02, 1.24),
)  # fmt: skip
KEY_TARGETS = (
    (2.05, 4.4, 0.92), (2.45, 4.4, 0.90), (2.95, 4.4, 0.88), (3.5, 4.4, 0.86),
    (4.3, 4.2, 0.88), (5.2, 3.9, 0.92), (6.0, 3.35, 0.95),
)  # fmt: skip


def intrinsics() -> NDArray[np.float64]:
    """K (3, 3) with square pixels and the principal point in the middle."""
    focal = WIDTH_PX / 2 / np.tan(np.radians(HFOV_DEG / 2))
    return np.array([[focal, 0, WIDTH_PX / 2], [0, focal, HEIGHT_PX / 2], [0, 0, 1]])


def timestamps() -> NDArray[np.float64]:
    """(T,) seconds."""
    return np.arange(FPS * SECONDS) / FPS


def walk() -> NDArray[np.float64]:
    """``world_from_cam`` (T, 4, 4), OpenCV axes, world z up, metres."""
    t = timestamps()
    eyes = CubicSpline(KEY_TIMES, KEY_EYES)(t) + _sway(t, (0.010, 0.010, 0.012), (0.83, 0.71, 1.65))
    targets = CubicSpline(KEY_TIMES, KEY_TARGETS)(t) + _sway(t, (0.035, 0.035, 0.03), (0.47, 0.59, 0.9))
    roll = np.radians(0.8 * np.sin(2 * np.pi * 0.43 * t + 0.7))
    return np.stack([_look(eye, target, angle) for eye, target, angle in zip(eyes, targets, roll, strict=True)])


def _sway(t: NDArray[np.float64], size: tuple[float, ...], rate_hz: tuple[float, ...]) -> NDArray[np.float64]:
    """Small smooth motion of a hand."""
    phases = np.array([0.3, 1.9, 4.1])
    slow = np.sin(2 * np.pi * t[:, None] * np.array(rate_hz) + phases)
    fast = 0.3 * np.sin(2 * np.pi * t[:, None] * np.array(rate_hz) * 2.3 + 2 * phases)
    return (slow + fast) * np.array(size)


def _look(eye: NDArray[np.float64], target: NDArray[np.float64], roll_rad: float) -> NDArray[np.float64]:
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(roll_rad), np.sin(roll_rad)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([c * right + s * down, c * down - s * right, forward], axis=-1)
    pose[:3, 3] = eye
    return pose
