"""What of a run lies under a pixel of a panel; no renderer is touched, so any thread may ask."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.looks import CloudFilter, CloudLook, OccupancyLook
from l3rocc_studio.model.pick import PickedPlace, PickKind
from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.view import as_vector
from l3rocc_studio.render.frame_voxels import shown_voxels
from l3rocc_studio.render.picking import PickableCloud, PickView, first_cube, pick_point, pickable, sight_line
from l3rocc_studio.render.prepared_world import PreparedWorld
from l3rocc_studio.render.world_voxel_layer import display_factor

if TYPE_CHECKING:
    from l3rocc_engine.run import Run

FloatArray = NDArray[np.float64]


class WorldPicker:
    """Picks in the cloud panel: points, and cubes where they are shown; the nearer wins.

    Parameters
    ----------
    run
        What is shown.
    prepared
        The same run as the scene has it.
    """

    def __init__(self, run: Run, prepared: PreparedWorld) -> None:
        self._run = run
        self._prepared = prepared
        self._kept: tuple[CloudFilter, NDArray[np.bool_]] | None = None

    def pick(self, view: PickView, look: CloudLook, frame_idx: int) -> PickedPlace | None:
        """What is seen at the view's pixel in a frame; tens of milliseconds for a million points."""
        point = self._point(view, look, frame_idx)
        cube = self._cube(view, frame_idx) if look.has_occupancy else None
        nearest = min((hit for hit in (point, cube) if hit is not None), key=lambda hit: hit[2], default=None)
        if nearest is None:
            return None
        kind, row, _depth = nearest
        places = self._run.cloud.points_world if kind is PickKind.POINT else self._run.world.centres_world
        return PickedPlace(
            kind=kind, panel=ViewPanel.CLOUD, frame_idx=frame_idx, position_world=as_vector(places[row]), row=row
        )

    def _point(self, view: PickView, look: CloudLook, frame_idx: int) -> tuple[PickKind, int, float] | None:
        if self._cloud is None:
            return None
        is_shown = self._filtered(look.filters)
        if look.is_growing:
            grown = self._chunk_starts[self._run.cloud.first_frame] <= frame_idx
            is_shown = grown if is_shown is None else is_shown & grown
        hit = pick_point(
            self._cloud, view, is_shown=is_shown, point_scale=look.point_scale, hides_backs=look.hides_backs
        )
        return None if hit is None else (PickKind.POINT, *hit)

    def _cube(self, view: PickView, frame_idx: int) -> tuple[PickKind, int, float] | None:
        world = self._run.world
        centres, size = self._cubes
        start, direction = sight_line(view)
        # Cubes are switched on in chunks, some frames too early; what was really seen by now is what counts.
        hit = first_cube(centres[: world.num_seen_until(frame_idx)], size, start, direction)
        if hit is None:
            return None
        row, distance = hit
        depth = float((start + distance * direction - view.eye) @ view.forward)
        return PickKind.WORLD_VOXEL, row, depth

    def _filtered(self, filters: CloudFilter) -> NDArray[np.bool_] | None:
        measures = self._prepared.measures
        if measures is None or filters.shows_all:
            return None
        if self._kept is None or self._kept[0] != filters:
            self._kept = (filters, measures.kept(filters))
        return self._kept[1]

    @cached_property
    def _cloud(self) -> PickableCloud | None:
        return pickable(self._run.cloud, self._prepared.cloud)

    @cached_property
    def _chunk_starts(self) -> NDArray[np.int64]:
        """First frame of the chunk that holds the points of each frame."""
        starts, frames = self._prepared.cloud.chunk_starts, np.arange(self._run.num_frames)
        return starts[np.maximum(np.searchsorted(starts, frames, side="right") - 1, 0)]

    @cached_property
    def _cubes(self) -> tuple[NDArray[np.float32], float]:
        """Centre of the drawn cube around each voxel of the world map, and its edge."""
        world = self._run.world
        if not world.num_voxels:
            return world.centres_world, world.voxel_size
        cells = np.floor(world.centres_world.astype(np.float64) / world.voxel_size).astype(np.int64)
        factor = display_factor(cells)
        size = factor * world.voxel_size
        return ((cells // factor + 0.5) * size).astype(np.float32), size


def pick_voxel(run: Run, view: PickView, look: OccupancyLook, frame_idx: int) -> PickedPlace | None:
    """The first voxel along the line of sight in the occupancy panel, whose frame is the camera's; any thread may ask.

    Raises
    ------
    InputError
        If the frame cannot be read.
    """
    grid = run.occupancy.grid
    voxels = shown_voxels(run, frame_idx, look)
    hit = first_cube(grid.centres(voxels), grid.voxel_size, *sight_line(view))
    if hit is None:
        return None
    flat = int(voxels[hit[0]])
    centre_cam = grid.centres(np.array([flat]))[0].astype(np.float64)
    centre_world = (run.trajectory.world_from_cam[frame_idx] @ np.append(centre_cam, 1.0))[:3]
    return PickedPlace(
        kind=PickKind.VOXEL,
        panel=ViewPanel.OCCUPANCY,
        frame_idx=frame_idx,
        position_world=as_vector(centre_world),
        row=flat,
    )
