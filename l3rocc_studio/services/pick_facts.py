"""Gathers what a run knows of a picked place; synchronous, to be called on a thread of the caller's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.occupancy.frame import VoxelState
from l3rocc_engine.occupancy.sightings import frames_that_saw
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.pick import PickedPlace, PickFacts, PickKind
from l3rocc_studio.model.words import N_

if TYPE_CHECKING:
    from l3rocc_engine.occupancy.grid import GridSpec
    from l3rocc_engine.run import Run

_STATE_TEXTS = {
    VoxelState.OCCUPIED: "occupied",
    VoxelState.FREE: N_("seen empty"),
    VoxelState.OCCLUDED: N_("hidden behind a surface"),
    VoxelState.OUT_OF_VIEW: N_("outside the picture"),
}


def gather_facts(run: Run, place: PickedPlace) -> PickFacts:
    """All that a run knows of a place, but for the list of frames that saw it.

    Raises
    ------
    InputError
        If the frame cannot be read.
    """
    world = np.array(place.position_world)
    cam = (invert(run.trajectory.world_from_cam[place.frame_idx]) @ np.append(world, 1.0))[:3]
    is_point, cloud = place.kind is PickKind.POINT, run.cloud
    red, green, blue = (int(channel) for channel in cloud.colors[place.row]) if is_point else (0, 0, 0)
    flat = voxel_index(run.occupancy.grid, cam)
    voxel = run.world.voxel_at(world)
    return PickFacts(
        place=place,
        unit="m" if run.scale.is_metric else "units",
        position_cam=(float(cam[0]), float(cam[1]), float(cam[2])),
        color=(red, green, blue) if is_point else None,
        confidence=float(cloud.confidence[place.row]) if is_point else None,
        num_keyframes=int(cloud.num_seen[place.row]) if is_point and cloud.num_seen is not None else None,
        grid_xyz=None if flat is None else _xyz(run.occupancy.grid, flat),
        flat_index=flat,
        state="" if flat is None else _state(run, place.frame_idx, flat),
        count=0 if voxel is None else int(run.world.count[voxel]),
        first_frame=None if voxel is None else int(run.world.first_frame[voxel]),
        last_frame=None if voxel is None else int(run.world.last_frame[voxel]),
        voxel_size=run.occupancy.grid.voxel_size,
    )


def frames_seeing(run: Run, place: PickedPlace, cancel: CancelToken) -> tuple[int, ...]:
    """Frames of the run that saw the world voxel around a place occupied, in order.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    seen = frames_that_saw(run.occupancy, run.world, np.array(place.position_world), cancel=cancel)
    return tuple(seen.tolist())


def voxel_index(grid: GridSpec, point_cam: NDArray[np.float64]) -> int | None:
    """Flat index of the voxel that holds a point (3,) of the grid's frame; None outside."""
    xyz = np.floor((point_cam - grid.origin) / grid.voxel_size).astype(int)
    if (xyz < 0).any() or (xyz >= grid.shape).any():
        return None
    return int(np.ravel_multi_index(tuple(xyz), grid.shape))


def _xyz(grid: GridSpec, flat: int) -> tuple[int, int, int]:
    x, y, z = (int(number) for number in np.unravel_index(flat, grid.shape))
    return x, y, z


def _state(run: Run, frame_idx: int, flat: int) -> str:
    try:
        return _STATE_TEXTS[run.occupancy.frame(frame_idx).state(flat)]
    except InputError:
        # Files that others wrote do not tell hidden voxels from those outside the picture.
        return N_("not seen")
