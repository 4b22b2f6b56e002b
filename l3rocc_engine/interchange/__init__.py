"""Files for other programs: PLY and GLB of the cloud, COLMAP models of the cameras."""

from __future__ import annotations

from l3rocc_engine.interchange.colmap import ColmapForm, PointChoice, forecast_colmap, write_colmap
from l3rocc_engine.interchange.glb import forecast_glb, write_glb
from l3rocc_engine.interchange.ply import forecast_ply, write_ply

__all__ = [
    "ColmapForm",
    "PointChoice",
    "forecast_colmap",
    "forecast_glb",
    "forecast_ply",
    "write_colmap",
    "write_glb",
    "write_ply",
]
