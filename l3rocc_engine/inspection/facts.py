"""Counts and bounds of a file and of one of its moments."""

from __future__ import annotations

from typing import Any

import numpy as np

from l3rocc_engine.inspection.content import FramePoints, InspectedFile


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
    if len(points.points):
        facts["lowest"] = _rounded(points.points.min(axis=0))
        facts["highest"] = _rounded(points.points.max(axis=0))
        facts["mean"] = _rounded(points.points.mean(axis=0, dtype=np.float64))
    if points.lattice is not None and "voxel size" not in facts:
        facts["voxel size"] = points.lattice.cell_size
    if points.labels is not None:
        values, counts = np.unique(points.labels, return_counts=True)
        facts["labels"] = {str(value): int(count) for value, count in zip(values, counts, strict=True)}
    if points.counts is not None and len(points.counts):
        facts["times seen"] = {
            "least": int(points.counts.min()),
            "median": float(np.median(points.counts)),
            "most": int(points.counts.max()),
        }
    if points.num_dropped:
        facts["not finite"] = points.num_dropped
    if opened.notes:
        facts["notes"] = list(opened.notes)
    return facts


def _rounded(values: Any) -> list[float]:
    """Numbers in six digits, which is what float32 holds."""
    return [float(f"{value:.6g}") for value in values]
