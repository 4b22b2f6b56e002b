"""What a dataset says about its coordinates, in words and numbers."""

from __future__ import annotations

from typing import Any

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run

CAMERA_FRAME = "camera, OpenCV axes: x right, y down, z forward"
_GIVEN = (ScaleMethod.DATASET, ScaleMethod.GROUND_TRUTH)


def scale_origin(scale: Scale) -> str:
    """``given``, ``estimated`` or ``unknown``."""
    if not scale.is_metric:
        return "unknown"
    return "given" if scale.method in _GIVEN else "estimated"


def up_origin(run: Run) -> str:
    """``given`` if it came with the source's poses, ``estimated`` if it was found in the pictures, else ``unknown``."""
    if run.world_up is None:
        return "unknown"
    return "given" if run.record.backend == "dataset" else "estimated"


def sim3_statement(scale: Scale) -> dict[str, Any]:
    """The similarity that was applied, and how it was found."""
    sim3 = scale.sim3
    return {
        "scale": sim3.scale,
        "rotation": sim3.rotation.tolist(),
        "translation": sim3.translation.tolist(),
        "method": scale.method.value,
        "residual": scale.residual,
        "applied_to": ["poses", "cloud", "occupancy"],
    }


def world_statement(run: Run) -> dict[str, Any]:
    """Unit and upward direction of the world frame, and where they come from."""
    return {
        "units": "metres" if run.scale.is_metric else "model units",
        "scale": scale_origin(run.scale),
        "scale_method": run.scale.method.value,
        "up": up_origin(run),
        "up_vector": None if run.world_up is None else list(run.world_up),
    }


def grid_statement(grid: GridSpec) -> dict[str, Any]:
    """How to read the voxel files."""
    return {
        "frame": CAMERA_FRAME,
        "range": list(grid.pc_range),
        "voxel_size": grid.voxel_size,
        "shape": list(grid.shape),
        "flat_index": "x * (Y * Z) + y * Z + z",
        "bit_order": "most significant bit first (numpy.packbits)",
        "voxel_value_at": "centre",
    }
