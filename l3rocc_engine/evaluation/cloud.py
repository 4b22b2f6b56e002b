"""Point clouds against true ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from l3rocc_engine.errors import InputError

Points = NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudError:
    """Distances between an estimated and a true cloud.

    Attributes
    ----------
    point_median_m
        Median distance of estimated points to the nearest true point.
    plane_median_m
        Median distance of estimated points to the tangent plane at the nearest true point.
    within_5cm, within_10cm
        Share of estimated points this near to a true one.
    recall_5cm, recall_10cm
        Share of true points with an estimated one this near.
    num_points
        Estimated points.
    """

    point_median_m: float
    plane_median_m: float
    within_5cm: float
    within_10cm: float
    recall_5cm: float
    recall_10cm: float
    num_points: int


def compare_clouds(estimated: Points, true: Points, true_normals: Points | None = None) -> CloudError:
    """Distances from an estimated to a true cloud and back.

    Parameters
    ----------
    estimated, true
        (N, 3) and (M, 3), metres, one frame.
    true_normals
        (M, 3) unit; found from the true cloud's own neighbours where left out.

    Raises
    ------
    InputError
        If a cloud is empty.
    """
    if len(estimated) == 0 or len(true) == 0:
        raise InputError(f"There are no points to compare: {len(estimated)} estimated, {len(true)} true.")
    true_tree = cKDTree(true)
    distance, nearest = (np.asarray(part) for part in true_tree.query(estimated))
    normals = normals_at(true, np.unique(nearest), true_tree) if true_normals is None else true_normals
    offset = np.einsum("ij,ij->i", estimated - true[nearest], normals[nearest])
    back = np.asarray(cKDTree(estimated).query(true)[0])
    return CloudError(
        point_median_m=float(np.median(distance)),
        plane_median_m=float(np.median(np.abs(offset))),
        within_5cm=_share_within(distance, 0.05),
        within_10cm=_share_within(distance, 0.10),
        recall_5cm=_share_within(back, 0.05),
        recall_10cm=_share_within(back, 0.10),
        num_points=len(estimated),
    )


def _share_within(distance_m: NDArray[np.floating], limit_m: float) -> float:
    return float(np.mean(distance_m <= limit_m))


def normals_at(
    points: Points, indices: NDArray[np.integer], tree: cKDTree | None = None, *, neighbours: int = 16
) -> NDArray[np.float64]:
    """Unit normals (N, 3) of points (N, 3) from their neighbourhoods, at the given indices; zero elsewhere.

    Source: H. Hoppe et al., "Surface reconstruction from unorganized points", SIGGRAPH 1992.
    """
    tree = cKDTree(points) if tree is None else tree
    normals = np.zeros((len(points), 3))
    count = min(neighbours, len(points))
    for block in np.array_split(indices, max(1, len(indices) // 50_000)):
        _, near = tree.query(points[block], k=count)
        around = np.asarray(points, dtype=np.float64)[np.reshape(near, (len(block), count))]
        around = around - around.mean(axis=1, keepdims=True)
        _, vectors = np.linalg.eigh(np.einsum("nki,nkj->nij", around, around))
        normals[block] = vectors[:, :, 0]
    return normals
