"""Close the gaps between neighbouring pixels of a point map where they lie on one surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.edges import edge_strength
from l3rocc_engine.reconstruction import PointMap

MAX_RELATIVE_STEP = 0.05
"""Depth step between neighbouring pixels, relative to depth, above which they belong to different surfaces."""
MAX_SPLIT = 8
_CORNERS = ((slice(None, -1), slice(None, -1)), (slice(None, -1), slice(1, None)))
_CORNERS_BELOW = ((slice(1, None), slice(None, -1)), (slice(1, None), slice(1, None)))

Samples = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]


def surface_samples(point_map: PointMap, *, min_confidence: float, spacing: float, reach: float) -> Samples:
    """Points of a map, with bilinear ones added so that no gap within a surface is wider than ``spacing``.

    Parameters
    ----------
    point_map
        Keyframe to sample.
    min_confidence
        Pixels below are left out.
    spacing
        Wanted distance between samples, in the map's unit.
    reach
        Distance from the camera beyond which nothing is added: far surfaces never enter a grid densely.

    Returns
    -------
    points_cam : (N, 3) float32
    colors : (N, 3) uint8
    confidence : (N,) float32
        Of an added point: the smallest of its four corners.
    edge : (N,) float32
        See :func:`edge_strength`; of an added point the largest of its four corners.
    """
    valid = (point_map.confidence >= min_confidence) & np.isfinite(point_map.points_cam).all(axis=-1)
    valid &= point_map.confidence > 0
    edge = edge_strength(point_map.points_cam)
    parts = [(point_map.points_cam[valid], point_map.colors[valid], point_map.confidence[valid], edge[valid])]
    split = _quad_splits(point_map.points_cam, valid, spacing, reach)
    for n in range(2, MAX_SPLIT + 1):
        quads = np.flatnonzero(split == n)
        if len(quads):
            parts.append(_split_quads(point_map, edge, quads, n))
    points, colors, confidence, edges = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return points, colors, confidence, edges


def _corners(image: NDArray) -> list[NDArray]:
    """The four corner values of every pixel quad: top left, top right, bottom left, bottom right."""
    return [image[rows, cols] for rows, cols in (*_CORNERS, *_CORNERS_BELOW)]


def _quad_splits(
    points_cam: NDArray[np.float32], valid: NDArray[np.bool_], spacing: float, reach: float
) -> NDArray[np.int64]:
    """Into how many steps each quad is to be cut along its edges; 0 or 1 means not at all. Flat (H-1)*(W-1)."""
    a, b, c, d = _corners(points_cam)
    is_whole = np.logical_and.reduce(_corners(valid))
    with np.errstate(invalid="ignore"):
        depths = np.stack([corner[..., 2] for corner in (a, b, c, d)])
        nearest, farthest = depths.min(axis=0), depths.max(axis=0)
        is_surface = is_whole & (farthest - nearest <= MAX_RELATIVE_STEP * nearest)
        is_surface &= np.linalg.norm(a, axis=-1) <= reach
        edges = np.stack([np.linalg.norm(p - q, axis=-1) for p, q in ((a, b), (c, d), (a, c), (b, d))])
        longest = np.where(is_surface, edges.max(axis=0), 0.0)
    return np.minimum(np.ceil(longest / spacing), MAX_SPLIT).astype(np.int64).ravel()


def _split_quads(point_map: PointMap, edge: NDArray[np.float32], quads: NDArray[np.intp], n: int) -> Samples:
    """Bilinear samples of the given quads at steps of 1/n, without the corner that is there already."""
    steps = np.arange(n) / n
    v, u = (grid.ravel()[1:] for grid in np.meshgrid(steps, steps, indexing="ij"))
    weights = np.stack([(1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u], axis=1).astype(np.float32)

    def blend(image: NDArray) -> NDArray[np.float32]:
        corners = np.stack([corner.reshape(-1, 3)[quads] for corner in _corners(image)], axis=1)
        return np.einsum("sk,qkc->qsc", weights, corners.astype(np.float32)).reshape(-1, 3)

    weakest = np.minimum.reduce([corner.ravel()[quads] for corner in _corners(point_map.confidence)])
    colors = np.rint(blend(point_map.colors)).astype(np.uint8)
    strongest = np.maximum.reduce([corner.ravel()[quads] for corner in _corners(edge)])
    count = len(weights)
    return blend(point_map.points_cam), colors, np.repeat(weakest, count), np.repeat(strongest, count)
