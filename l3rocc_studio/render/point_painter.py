"""Draws the points of a cloud without a graphics library: in software each frame of a moving camera comes sooner."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.point_style import BACK_COSINE, MIN_SPLAT_PX, most_splat_px
from l3rocc_studio.render.styled_points import ShownPoints

BOWL_PX = 2.0
"""How much farther than its middle the border of a point lies, in pixels' widths at its distance."""
BATCH = 1024
"""Points that are looked at together, so that what is known of them stays near the processor."""
_NOTHING = np.uint64(2**64 - 1)
FloatArray = NDArray[np.float32]


@njit(cache=True, nogil=True, error_model="numpy")
def _project(
    positions: FloatArray,
    normals: FloatArray,
    eye: FloatArray,
    axes: FloatArray,
    clipping: tuple[np.float32, np.float32],
    back_cosine: np.float32,
    places: FloatArray,
) -> None:
    """Columns of ``places``: right and down over forward, forward; forward is negative where nothing is seen."""
    for i in range(len(positions)):
        x, y, z = positions[i, 0] - eye[0], positions[i, 1] - eye[1], positions[i, 2] - eye[2]
        forward = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        towards = -(normals[i, 0] * x + normals[i, 1] * y + normals[i, 2] * z)
        is_seen = (forward >= clipping[0]) & (forward <= clipping[1])
        is_seen &= towards >= back_cosine * np.sqrt(x * x + y * y + z * z)
        places[0, i] = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) / forward
        places[1, i] = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) / forward
        places[2, i] = forward if is_seen else np.float32(-1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _splat(
    positions: FloatArray,
    normals: FloatArray,
    eye: FloatArray,
    axes: FloatArray,
    focal_px: np.float32,
    clipping: tuple[np.float32, np.float32],
    back_cosine: np.float32,
    splat_px: np.float32,
    least_px: np.float32,
    most_px: np.float32,
    scale: np.float32,
    bowl_px: np.float32,
    keys: NDArray[np.uint64],
) -> None:
    """Note in each pixel the least number: a distance in its upper half, a place counted from the last in its lower."""
    height, width = keys.shape
    half = np.float32(0.5)
    middle_x, middle_y = half * np.float32(width - 1), half * np.float32(height - 1)
    places = np.empty((3, BATCH), dtype=np.float32)
    upper = np.uint64(32)
    for begin in range(0, len(positions), BATCH):
        end = min(begin + BATCH, len(positions))
        _project(positions[begin:end], normals[begin:end], eye, axes, clipping, back_cosine, places)
        for i in range(end - begin):
            forward = places[2, i]
            if forward < np.float32(0.0):
                continue
            reach = half * scale * min(max(splat_px / forward, least_px), most_px)
            x, y = places[0, i] * focal_px + middle_x, places[1, i] * focal_px + middle_y
            left, right = max(int(np.ceil(x - reach)), 0), min(int(np.ceil(x + reach)), width)
            top, bottom = max(int(np.ceil(y - reach)), 0), min(int(np.ceil(y + reach)), height)
            place = np.uint64(0xFFFFFFFF - begin - i)
            depth = bowl_px * forward / (focal_px * reach * reach)
            for row in range(top, bottom):
                line, down = keys[row], np.float32(row) - y
                # Indices without a sign: no place is counted from the end.
                for col in range(np.uint64(left), np.uint64(max(left, right))):
                    across = np.float32(col) - x
                    distance = np.float32(forward + depth * (across * across + down * down))
                    line[col] = min(line[col], np.uint64(distance.view(np.uint32)) << upper | place)


@njit(cache=True, nogil=True, error_model="numpy")
def _color(
    keys: NDArray[np.uint64],
    colors: NDArray[np.uint8],
    picture: NDArray[np.uint8],
    distances: FloatArray,
) -> None:
    """Put the noted points into a picture where they are nearer than what is there, and forget them."""
    height, width = keys.shape
    has_opacity = picture.shape[2] == 4
    found = np.empty(width, dtype=np.float32)
    bits = found.view(np.uint32)
    for row in range(height):
        for col in range(width):
            bits[col] = np.uint32(keys[row, col] >> np.uint64(32))
        for col in range(width):
            if keys[row, col] == _NOTHING:
                continue
            point = 0xFFFFFFFF - np.int64(keys[row, col] & np.uint64(0xFFFFFFFF))
            keys[row, col] = _NOTHING
            here, there = found[col], distances[row, col]
            if there > np.float32(0.0) and here >= there:
                continue
            distances[row, col] = here
            for channel in range(3):
                picture[row, col, channel] = colors[point, channel]
            if has_opacity:
                picture[row, col, 3] = 255


class PointPainter:
    """Draws points as squares that face the eye, the nearer over the farther, into pictures of one size.

    Each is a shallow bowl, so that where points of one surface overlap a pixel is of the one whose middle is nearest to
    it, and the picture is as sharp as the points are dense (paraboloid splats as in Schütz, "Potree: Rendering Large
    Point Clouds in Web Browsers", TU Wien, 2016). Of points at one place the last is seen, as with a graphics library.

    Parameters
    ----------
    width_px, height_px
        Size of the pictures.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        # Kept, since to get as much memory for each picture would take longer than to fill it.
        self._keys = np.full((height_px, width_px), _NOTHING, dtype=np.uint64)

    def paint(
        self, shown: ShownPoints, eye: Eye, lens: Lens, picture: NDArray[np.uint8], distances: FloatArray
    ) -> None:
        """Draw points into a picture, in place.

        Parameters
        ----------
        shown
            The points.
        eye
            Camera, in the world.
        lens
            Its clipping range.
        picture
            (H, W, 3) uint8 RGB or (H, W, 4) RGBA.
        distances
            (H, W) float32 along the line of sight, 0 where nothing is yet. Changed in place as well.
        """
        points, num_points = shown.points, shown.num_points
        _splat(
            points.positions[:num_points],
            points.normals[:num_points],
            eye.position.astype(np.float32),
            eye.axes.astype(np.float32),
            np.float32(eye.focal_px),
            (np.float32(lens.near), np.float32(lens.far)),
            np.float32(BACK_COSINE if shown.hides_backs else -2.0),
            np.float32(shown.diameter * eye.focal_px),
            np.float32(MIN_SPLAT_PX),
            np.float32(most_splat_px(len(self._keys))),
            np.float32(shown.scale),
            np.float32(BOWL_PX),
            self._keys,
        )
        _color(self._keys, points.colors, picture, distances)
