"""Draws few shaded triangles without a graphics library, which takes longer to begin than these take to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from l3rocc_studio.render.colormaps import Rgb
from l3rocc_studio.render.depth_picture import MARGIN_PX, DepthPart, blank_picture
from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.stroke_mesh import AMBIENT, DIFFUSE, SPECULAR, SPECULAR_POWER

FloatArray = NDArray[np.float64]
Corners = tuple[np.uint64, np.uint64, np.uint64]
Span = tuple[int, int]
Laid = tuple[float, float, float, float, float, float, float]
"""Columns and rows of a triangle's corners, and one over twice its area: negative where it is seen from outside."""
NEARER = 1.0 - 1e-5
"""Of two surfaces at one place the first is seen, such as what is passed of a way that goes back over itself."""
QUAD = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """Triangles with the look of :func:`.stroke_mesh.lit_actor`.

    Attributes
    ----------
    vertices, normals
        (V, 3) world; normals need not be of unit length.
    triangles
        (F, 3) rows of vertices, counter-clockwise as seen from outside; the inside is not drawn.
    colors
        (V, 3) in [0, 255].
    shine
        Colour of its highlights.
    """

    vertices: FloatArray
    normals: FloatArray
    triangles: NDArray[np.int32]
    colors: FloatArray
    shine: Rgb


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Poster:
    """A picture that stands in the world, as bright as it is.

    Attributes
    ----------
    corners
        (4, 3) world, from the top left clockwise.
    picture
        (H, W, 3) uint8 RGB.
    """

    corners: FloatArray
    picture: NDArray[np.uint8]


@njit(cache=True, nogil=True, inline="always")
def _span(a: float, b: float, c: float, count: int) -> Span:
    """First pixel whose middle may lie between three places, and the one after the last."""
    return max(int(np.ceil(min(a, b, c))), 0), min(int(np.floor(max(a, b, c))) + 1, count)


@njit(cache=True, nogil=True, inline="always")
def _corners(triangles: NDArray[np.int32], n: np.uint64) -> Corners:
    """Without a sign, so that no vertex is counted from the end."""
    return np.uint64(triangles[n, 0]), np.uint64(triangles[n, 1]), np.uint64(triangles[n, 2])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _lay_out(places: FloatArray, corners: Corners, height: int, width: int) -> tuple[Laid, Span, Span]:
    """A triangle in the picture, and the columns and rows of the pixels that it may cover; none if it is not seen."""
    a, b, c = corners
    ax, ay, bx, by, cx, cy = places[a, 0], places[a, 1], places[b, 0], places[b, 1], places[c, 0], places[c, 1]
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if area == 0.0 or places[a, 2] <= 0.0 or places[b, 2] <= 0.0 or places[c, 2] <= 0.0:
        return (ax, ay, bx, by, cx, cy, 0.0), (0, 0), (0, 0)
    return (ax, ay, bx, by, cx, cy, 1.0 / area), _span(ax, bx, cx, width), _span(ay, by, cy, height)


@njit(cache=True, nogil=True, inline="always")
def _weigh(laid: Laid, pixel: tuple[np.uint64, np.uint64]) -> tuple[float, float, float]:
    """Shares of a triangle's corners in a pixel, a row and a column; one of them is negative outside."""
    ax, ay, bx, by, cx, cy, per_area = laid
    row, col = np.float64(np.int64(pixel[0])), np.float64(np.int64(pixel[1]))
    of_b = ((col - ax) * (cy - ay) - (row - ay) * (cx - ax)) * per_area
    of_c = ((bx - ax) * (row - ay) - (by - ay) * (col - ax)) * per_area
    return 1.0 - of_b - of_c, of_b, of_c


@njit(cache=True, nogil=True, error_model="numpy")
def _paint_shape(
    places: FloatArray,
    normals: FloatArray,
    triangles: NDArray[np.int32],
    colors: FloatArray,
    shine: FloatArray,
    look: tuple[float, float],
    glints: FloatArray,
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> None:
    """Rows of ``places``: column, row, and one over the distance, 0 for what is not seen."""
    height, width = distances.shape
    ambient, diffuse = look
    last_glint = len(glints) - 1
    for n in range(np.uint64(len(triangles))):
        a, b, c = _corners(triangles, n)
        laid, (left, right), (top, bottom) = _lay_out(places, (a, b, c), height, width)
        # What is seen from inside is behind what is seen from outside; rows count downwards.
        if laid[6] >= 0.0:
            continue
        for row in range(np.uint64(top), np.uint64(bottom)):
            for col in range(np.uint64(left), np.uint64(right)):
                of_a, of_b, of_c = _weigh(laid, (row, col))
                if of_a < 0.0 or of_b < 0.0 or of_c < 0.0:
                    continue
                here = np.float32(1.0 / (of_a * places[a, 2] + of_b * places[b, 2] + of_c * places[c, 2]))
                if distances[row, col] > 0.0 and here >= NEARER * distances[row, col]:
                    continue
                distances[row, col] = here
                across = of_a * normals[a, 0] + of_b * normals[b, 0] + of_c * normals[c, 0]
                down = of_a * normals[a, 1] + of_b * normals[b, 1] + of_c * normals[c, 1]
                ahead = of_a * normals[a, 2] + of_b * normals[b, 2] + of_c * normals[c, 2]
                # The light is where the eye is.
                facing = abs(ahead) / max(np.sqrt(across * across + down * down + ahead * ahead), 1e-12)
                glint = glints[int(min(facing, 1.0) * last_glint + 0.5)]
                for channel in range(3):
                    plain = of_a * colors[a, channel] + of_b * colors[b, channel] + of_c * colors[c, channel]
                    value = plain * (ambient + diffuse * facing) + glint * shine[channel]
                    picture[row, col, channel] = np.uint8(min(value, 255.0) + 0.5)
                if picture.shape[2] == 4:
                    picture[row, col, 3] = 255


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _sample(poster: NDArray[np.uint8], u: float, v: float, channel: int) -> float:
    """A picture between its pixels, at shares of its width and height."""
    height, width, _ = poster.shape
    x, y = min(max(u * width - 0.5, 0.0), width - 1.0), min(max(v * height - 0.5, 0.0), height - 1.0)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
    x, y = x - left, y - top
    upper = (1.0 - x) * poster[top, left, channel] + x * poster[top, right, channel]
    lower = (1.0 - x) * poster[bottom, left, channel] + x * poster[bottom, right, channel]
    return (1.0 - y) * upper + y * lower


@njit(cache=True, nogil=True, error_model="numpy")
def _paint_poster(
    places: FloatArray,
    triangles: NDArray[np.int32],
    shares: FloatArray,
    poster: NDArray[np.uint8],
    picture: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> None:
    height, width = distances.shape
    for n in range(np.uint64(len(triangles))):
        a, b, c = _corners(triangles, n)
        laid, (left, right), (top, bottom) = _lay_out(places, (a, b, c), height, width)
        for row in range(np.uint64(top), np.uint64(bottom)):
            for col in range(np.uint64(left), np.uint64(right)):
                of_a, of_b, of_c = _weigh(laid, (row, col))
                if of_a < 0.0 or of_b < 0.0 or of_c < 0.0:
                    continue
                # One over the distance, and with it what is divided by the distance, is linear in the picture.
                of_a, of_b, of_c = of_a * places[a, 2], of_b * places[b, 2], of_c * places[c, 2]
                z = 1.0 / (of_a + of_b + of_c)
                here = np.float32(z)
                if distances[row, col] > 0.0 and here >= NEARER * distances[row, col]:
                    continue
                distances[row, col] = here
                u = (of_a * shares[a, 0] + of_b * shares[b, 0] + of_c * shares[c, 0]) * z
                v = (of_a * shares[a, 1] + of_b * shares[b, 1] + of_c * shares[c, 1]) * z
                for channel in range(3):
                    picture[row, col, channel] = np.uint8(_sample(poster, u, v, channel) + 0.5)
                if picture.shape[2] == 4:
                    picture[row, col, 3] = 255


_GLINTS = SPECULAR * np.linspace(0.0, 1.0, 1025) ** SPECULAR_POWER
_SHARES = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def paint_shapes(
    shapes: Sequence[Shape], poster: Poster | None, eye: Eye, lens: Lens, size_px: tuple[int, int], num_channels: int
) -> DepthPart | None:
    """Draw shapes, and a picture among them, on nothing.

    Parameters
    ----------
    shapes, poster
        What to draw; triangles that reach nearer than the lens draws are left out.
    eye, lens
        Camera, in the world, and from where on it draws.
    size_px
        (width, height) of the whole view.
    num_channels
        3 for RGB, 4 for RGBA.

    Returns
    -------
    DepthPart or None
        What holds all of it; None if nothing of it is seen.
    """
    # Least column and row, and most.
    bounds = np.array([np.inf, np.inf, -np.inf, -np.inf])
    middle = np.subtract(size_px, 1) / 2.0
    sight = (eye.position, eye.axes, eye.focal_px, lens.near, middle)
    all_places = [_see(shape.vertices, *sight, bounds) for shape in shapes]
    poster_places = None if poster is None else _see(poster.corners, *sight, bounds)
    box = _box_of(bounds, size_px)
    if box is None:
        return None
    part, corner = blank_picture(box, num_channels), np.array([box.left_px, box.top_px, 0.0])
    look = (AMBIENT, DIFFUSE)
    for shape, places in zip(shapes, all_places, strict=True):
        normals, shine = shape.normals @ eye.axes.T, 255.0 * np.array(shape.shine)
        triangles, colors = shape.triangles, shape.colors
        _paint_shape(places - corner, normals, triangles, colors, shine, look, _GLINTS, part.color, part.distances)
    if poster is not None and poster_places is not None:
        _paint_poster(poster_places - corner, QUAD, _SHARES, poster.picture, part.color, part.distances)
    return DepthPart(picture=part, box=box)


@njit(cache=True, nogil=True, error_model="numpy")
def _see(
    points: FloatArray,
    position: FloatArray,
    axes: FloatArray,
    focal_px: float,
    near: float,
    middle: FloatArray,
    bounds: FloatArray,
) -> FloatArray:
    """(N, 3) column, row and one over the distance of points, 0 nearer than the lens draws; the others' bounds grow."""
    places = np.zeros((len(points), 3))
    for n in range(np.uint64(len(points))):
        x, y, z = points[n, 0] - position[0], points[n, 1] - position[1], points[n, 2] - position[2]
        forward = x * axes[2, 0] + y * axes[2, 1] + z * axes[2, 2]
        if forward < near:
            continue
        per_z = 1.0 / forward
        col = focal_px * (x * axes[0, 0] + y * axes[0, 1] + z * axes[0, 2]) * per_z + middle[0]
        row = focal_px * (x * axes[1, 0] + y * axes[1, 1] + z * axes[1, 2]) * per_z + middle[1]
        places[n, 0], places[n, 1], places[n, 2] = col, row, per_z
        bounds[0], bounds[1] = min(bounds[0], col), min(bounds[1], row)
        bounds[2], bounds[3] = max(bounds[2], col), max(bounds[3], row)
    return places


def _box_of(bounds: FloatArray, size_px: tuple[int, int]) -> PixelBox | None:
    """Where in the picture places are, with a margin."""
    if not np.isfinite(bounds).all():
        return None
    low = np.maximum(np.floor(bounds[:2]).astype(int) - MARGIN_PX, 0)
    high = np.minimum(np.ceil(bounds[2:]).astype(int) + 1 + MARGIN_PX, size_px)
    (left, top), (right, bottom) = low.tolist(), high.tolist()
    if right <= left or bottom <= top:
        return None
    return PixelBox(left_px=left, top_px=top, width_px=right - left, height_px=bottom - top)
