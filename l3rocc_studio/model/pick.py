"""What a person picked in a 3D panel, and all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.view import Vector


class PickKind(Enum):
    """What kind of thing it is."""

    POINT = "point"
    VOXEL = "voxel"
    WORLD_VOXEL = "world_voxel"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedPlace:
    """Where something was hit; found fast, before anything else is known of it.

    Attributes
    ----------
    kind, panel
        What was hit, and in which panel.
    frame_idx
        Frame of the run that was shown.
    position_world
        The point, or the centre of the voxel, in the run's world.
    row
        Position in the run's cloud or world map, or flat index in the egocentric grid.
    """

    kind: PickKind
    panel: ViewPanel
    frame_idx: int
    position_world: Vector
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickFacts:
    """All that is known of a picked place.

    Attributes
    ----------
    place
        Where it is.
    unit
        ``"m"``, or ``"units"`` where the scale is not known.
    position_cam
        In the camera of the place's frame.
    color
        RGB, of points.
    confidence
        From 0 to 1, of points.
    num_keyframes
        How many keyframes contributed to the point; None where that was not noted.
    grid_xyz, flat_index
        The voxel of the place's frame that holds it; None outside the grid.
    state
        What the frame knows of that voxel, for people; empty where that cannot be told.
    count, first_frame, last_frame
        How many frames saw the world voxel occupied, the first and the last; 0 and None where none did.
    voxel_size
        Edge of a voxel.
    """

    place: PickedPlace
    unit: str
    position_cam: Vector
    color: tuple[int, int, int] | None
    confidence: float | None
    num_keyframes: int | None
    grid_xyz: tuple[int, int, int] | None
    flat_index: int | None
    state: str
    count: int
    first_frame: int | None
    last_frame: int | None
    voxel_size: float
