"""Surface normals of a cloud, turned towards the cameras that saw it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from l3rocc_engine.progress import CancelToken

_CHUNK = 100_000


def estimate_normals(
    points: NDArray[np.float32],
    towards: NDArray[np.floating],
    *,
    num_neighbours: int,
    cancel: CancelToken | None = None,
) -> NDArray[np.float32]:
    """Unit normals (N, 3): smallest principal axis of the nearest neighbours, facing ``towards``.

    Parameters
    ----------
    points
        (N, 3), N at least 3.
    towards
        (N, 3) position that each normal must face, such as the camera that saw the point.
    num_neighbours
        How many neighbours, the point itself included, make up a patch.
    """
    tree = cKDTree(points)
    normals = np.empty((len(points), 3), np.float32)
    for start in range(0, len(points), _CHUNK):
        if cancel is not None:
            cancel.check()
        block = slice(start, start + _CHUNK)
        _, neighbours = tree.query(points[block], k=min(num_neighbours, len(points)), workers=-1)
        patch = points[neighbours].astype(np.float64)
        patch -= patch.mean(axis=1, keepdims=True)
        _, vectors = np.linalg.eigh(np.einsum("nki,nkj->nij", patch, patch))
        normal = vectors[:, :, 0]
        facing = np.einsum("ni,ni->n", normal, towards[block] - points[block])
        normals[block] = np.where(facing[:, None] < 0, -normal, normal)
    return normals
