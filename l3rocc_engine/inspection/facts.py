"""Counts and bounds of a file and of one of its moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.inspection.content import ROLE_NAMES, FramePoints, InspectedFile

NOTHING = 1e-7
"""Of the largest number: what is left of a smaller one in float32 is rounding."""


def describe_file(opened: InspectedFile, frame_idx: int, points: FramePoints) -> dict[str, Any]:
    """Plain values for people and for JSON.

    Parameters
    ----------
    opened
        The file.
    frame_idx
        Which moment.
    points
        Its points.
    """
    facts: dict[str, Any] = {
        "file": str(opened.path),
        "kind": opened.kind,
        "axes": opened.axes.value,
        **({} if opened.up is None else {"up": _rounded(opened.up)}),
        **opened.facts(),
        "shown": opened.frame_name(frame_idx),
        "points": len(points.points),
    }
    if points.columns:
        facts["columns"] = points.columns
    if len(points.points):
        ends = np.stack([points.points.min(axis=0), points.points.max(axis=0)])
        reach = float(np.abs(ends).max())
        facts["lowest"], facts["highest"] = _rounded(ends[0], reach), _rounded(ends[1], reach)
        facts["mean"] = _rounded(points.points.mean(axis=0, dtype=np.float64), reach)
    if points.lattice is not None and "voxel size" not in facts:
        facts["voxel size"] = points.lattice.cell_size
    if points.labels is not None and len(points.labels):
        facts["labels"] = _labels(points.labels, ROLE_NAMES if points.has_roles else {})
    if points.counts is not None and len(points.counts):
        facts["times seen"] = spread_of(points.counts)
    if points.num_dropped:
        facts["not finite"] = points.num_dropped
    if opened.notes:
        facts["notes"] = list(opened.notes)
    return facts


def spread_of(counts: NDArray[np.integer]) -> dict[str, int]:
    """Smallest, middle and largest of some counts (N,), N at least 1."""
    return {"least": int(counts.min()), "median": int(np.median(counts)), "most": int(counts.max())}


def _labels(labels: NDArray[np.uint8], names: Mapping[int, str]) -> dict[str, int]:
    """How many points have each label, by its name or number."""
    values, counts = np.unique(labels, return_counts=True)
    return {names.get(int(label), str(label)): int(count) for label, count in zip(values, counts, strict=True)}


def _rounded(values: Any, reach: float = 1.0) -> list[float]:
    """Numbers in six digits, which is what float32 holds; what is nothing against the largest, ``reach``, is 0."""
    return [float(f"{value:.6g}") if abs(value) > NOTHING * reach else 0.0 for value in values]
