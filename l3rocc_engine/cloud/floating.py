"""Points that float between a near and a far surface, and how they are kept out of the cloud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from l3rocc_engine.reconstruction import PointMap
from pi3.edges import depth_normal_edges


def without_floating_points(point_map: PointMap, *, depth_step: float, turn_deg: float) -> PointMap:
    """The map with no confidence left where both the depth jumps and the surface turns; the points stay.

    Parameters
    ----------
    point_map
        Unfiltered.
    depth_step
        Largest span of depth over a pixel's neighbours, as a share of its depth.
    turn_deg
        Largest turn of the surface there.
    """
    is_floating = depth_normal_edges(point_map.points_cam, rtol=depth_step, tolerance_deg=turn_deg)
    return replace(point_map, confidence=np.where(is_floating, np.float32(0), point_map.confidence))
