"""Rays gathered into beams of up to 64 that go about the same way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BEAM = 64


def beams_of(rays: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Order rays so that neighbours follow each other, and cut the order into beams.

    All rays of a beam point into the same octant. Within one, rays are sorted by direction into strips and within a
    strip into tiles (sort-tile-recursive packing: Leutenegger et al., ICDE 1997), which makes tiles about square
    whatever the camera model. Rays that are zero or not finite are left out.

    Parameters
    ----------
    rays
        (R, 3) float32.

    Returns
    -------
    tuple
        (K, 3) float32 rays in order, and (B + 1,) int64 bounds of the beams.
    """
    finite = np.isfinite(rays).all(axis=1)
    usable = np.flatnonzero(finite & (rays != 0).any(axis=1))
    octant = (np.where(rays[usable] < 0, 1, 0) * (4, 2, 1)).sum(axis=1)
    ordered, bounds = [], [0]
    for code in range(8):
        members = usable[octant == code]
        if not len(members):
            continue
        members = members[_tile_order(rays[members])]
        starts = np.arange(0, len(members), BEAM) + bounds[-1]
        bounds += [*starts[1:].tolist(), bounds[-1] + len(members)]
        ordered.append(members)
    order = np.concatenate(ordered) if ordered else np.zeros(0, np.int64)
    return np.ascontiguousarray(rays[order]), np.array(bounds, dtype=np.int64)


def _tile_order(rays: NDArray[np.float32]) -> NDArray[np.int64]:
    """Order of rays of one octant that makes runs of 64 compact in direction."""
    directions = np.abs(rays.astype(np.float64))
    along = int(np.argmax(directions.sum(axis=0)))
    u, v = (directions[:, axis] / directions.sum(axis=1) for axis in range(3) if axis != along)
    aspect = max(np.ptp(u), 1e-9) / max(np.ptp(v), 1e-9)
    num_tiles = len(rays) / BEAM
    num_strips = int(np.clip(round((num_tiles * aspect) ** 0.5), 1, max(1, len(rays) // BEAM)))
    by_u = np.argsort(u, kind="stable")
    strip = np.empty(len(rays), dtype=np.int64)
    strip[by_u] = np.arange(len(rays)) * num_strips // len(rays)
    # Every other strip runs backwards, so that the beam on a border between strips stays compact.
    return np.lexsort((np.where(strip % 2, -v, v), strip))
