"""Draws the points of a cloud without a graphics library: in software each frame of a moving camera comes sooner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.face_sheet import Sheet, clear_sheet, put_on
from l3rocc_studio.render.point_style import BACK_COSINE, MIN_SPLAT_PX, most_splat_px
from l3rocc_studio.render.styled_points import ShownPoints

BOWL_PX = 2.0
"""How much farther than its middle the border of a point lies, in pixels' widths at its distance."""
BATCH = 1024
"""Points that are measured together, so that what is known of them stays near the processor."""
X, Y, FORWARD, BOWL, LEFT, RIGHT, TOP, BOTTOM = (BATCH * number for number in range(8))
"""Where in the numbers of a batch is what is known of its points."""
FloatArray = NDArray[np.float32]


class _Sight(NamedTuple):
    """The camera, and the size of points as it sees them.

    Attributes
    ----------
    eye, axes, focal_px
        As in :class:`.eye.Eye`.
    near, far, back_cosine
        What is seen: the distances, and how far from behind.
    splat_px, least_px, most_px, half_scale
        Size of a point at distance one, and of any point; and half of what it is multiplied with.
    bowl_px
        See :data:`BOWL_PX`.
    width, height
        Of the picture.
    """

    eye: FloatArray
    axes: FloatArray
    focal_px: np.float32
    near: np.float32
    far: np.float32
    back_cosine: np.float32
    splat_px: np.float32
    least_px: np.float32
    most_px: np.float32
    half_scale: np.float32
    bowl_px: np.float32
    width: np.float32
    height: np.float32


@njit(cache=True, nogil=True, error_model="numpy")
def _measure(
    positions: FloatArray, normals: FloatArray, begin: int, end: int, sight: _Sight, numbers: FloatArray
) -> None:
    """Where points are in the picture, and how far away; the bottom is 0 of what is not seen."""
    xs, ys, zs = positions[0, begin:end], positions[1, begin:end], positions[2, begin:end]
    normal_xs, normal_ys, normal_zs = normals[0, begin:end], normals[1, begin:end], normals[2, begin:end]
    eye, axes, focal_px = sight.eye, sight.axes, sight.focal_px
    half, one, zero = np.float32(0.5), np.float32(1.0), np.float32(0.0)
    middle_x, middle_y = half * (sight.width - one), half * (sight.height - one)
    # One array for all that comes out, its parts at known places: only then does the compiler take many points at once.
    for i in range(np.uint64(len(xs))):
        x, y, z = xs[i] - eye[0], ys[i] - eye[1], zs[i] - eye[2]
        forward = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        towards = -(normal_xs[i] * x + normal_ys[i] * y + normal_zs[i] * z)
        is_seen = (forward >= sight.near) & (forward <= sight.far)
        is_seen &= towards >= sight.back_cosine * np.sqrt(x * x + y * y + z * z)
        reach = sight.half_scale * min(max(sight.splat_px / forward, sight.least_px), sight.most_px)
        right = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) / forward * focal_px + middle_x
        down = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) / forward * focal_px + middle_y
        numbers[np.uint64(X) + i], numbers[np.uint64(Y) + i] = right, down
        numbers[np.uint64(FORWARD) + i] = forward
        numbers[np.uint64(BOWL) + i] = sight.bowl_px * forward / (focal_px * reach * reach)
        numbers[np.uint64(LEFT) + i] = min(max(np.ceil(right - reach), zero), sight.width)
        numbers[np.uint64(RIGHT) + i] = min(max(np.ceil(right + reach), zero), sight.width)
        numbers[np.uint64(TOP) + i] = min(max(np.ceil(down - reach), zero), sight.height)
        bottom = min(max(np.ceil(down + reach), zero), sight.height)
        numbers[np.uint64(BOTTOM) + i] = bottom if is_seen else zero


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(sheet: Sheet, numbers: FloatArray, tints: NDArray[np.uint32]) -> None:
    """Draw measured points."""
    pixels, upper, shift = sheet.pixels, np.uint64(32), np.uint64(2)
    for i in range(np.uint64(len(tints))):
        bottom = np.int64(numbers[np.uint64(BOTTOM) + i])
        if bottom == 0:
            continue
        left, right = np.int64(numbers[np.uint64(LEFT) + i]), np.int64(numbers[np.uint64(RIGHT) + i])
        top = np.int64(numbers[np.uint64(TOP) + i])
        if left >= right or top >= bottom:
            continue
        x, y, forward = numbers[np.uint64(X) + i], numbers[np.uint64(Y) + i], numbers[np.uint64(FORWARD) + i]
        bowl, tint = numbers[np.uint64(BOWL) + i], np.uint64(tints[i])
        start, width = np.float32(left) - x, np.float32(right - left)
        # A shift, so that the compiler sees that no pixel is left over.
        count = ((np.uint64(right - left - 1) >> shift) + np.uint64(1)) << shift
        begin = np.uint64(top * sheet.stride + left)
        for row in range(top, bottom):
            down = np.float32(row) - y
            for lane in range(count):
                off = np.float32(np.int32(lane))
                across = start + off
                distance = np.float32(forward + bowl * (across * across + down * down))
                pixel = np.uint64(distance.view(np.uint32)) << upper | tint
                here = pixels[begin + lane]
                pixels[begin + lane] = min(pixel, here) if off < width else here
            begin += np.uint64(sheet.stride)


@njit(cache=True, nogil=True)
def _draw(
    sheet: Sheet,
    positions: FloatArray,
    normals: FloatArray,
    tints: NDArray[np.uint32],
    num_points: int,
    sight: _Sight,
) -> None:
    numbers = np.empty(8 * BATCH, dtype=np.float32)
    for begin in range(0, num_points, BATCH):
        end = min(begin + BATCH, num_points)
        _measure(positions, normals, begin, end, sight, numbers)
        _fill(sheet, numbers, tints[begin:end])


def paint_points(shown: ShownPoints, eye: Eye, lens: Lens, picture: NDArray[np.uint8], distances: FloatArray) -> None:
    """Draw points as squares that face the eye into a picture, in place, the nearer over the farther.

    Each is a shallow bowl, so that where points of one surface overlap a pixel is of the one whose middle is nearest to
    it, and the picture is as sharp as the points are dense (paraboloid splats as in Schütz, "Potree: Rendering Large
    Point Clouds in Web Browsers", TU Wien, 2016). In whatever order points come, the picture is the same.

    Parameters
    ----------
    shown
        The points.
    eye
        Camera, in the world.
    lens
        Its clipping range.
    picture
        (H, W, 3) uint8 RGB or (H, W, 4) RGBA, C order.
    distances
        (H, W) float32 along the line of sight, 0 where nothing is yet. Changed in place as well.
    """
    height, width = distances.shape
    points = shown.points
    with clear_sheet((width, height)) as sheet:
        sheet.spans[:] = 0, width - 1
        _draw(
            sheet,
            points.positions,
            points.normals,
            points.tints,
            shown.num_points,
            _sight(shown, eye, lens, (width, height)),
        )
        put_on(sheet, picture, distances)


def _sight(shown: ShownPoints, eye: Eye, lens: Lens, size_px: tuple[int, int]) -> _Sight:
    return _Sight(
        eye=eye.position.astype(np.float32),
        axes=eye.axes.astype(np.float32),
        focal_px=np.float32(eye.focal_px),
        near=np.float32(lens.near),
        far=np.float32(lens.far),
        back_cosine=np.float32(BACK_COSINE if shown.hides_backs else -2.0),
        splat_px=np.float32(shown.diameter * eye.focal_px),
        least_px=np.float32(MIN_SPLAT_PX),
        most_px=np.float32(most_splat_px(size_px[1])),
        half_scale=np.float32(0.5) * np.float32(shown.scale),
        bowl_px=np.float32(BOWL_PX),
        width=np.float32(size_px[0]),
        height=np.float32(size_px[1]),
    )
