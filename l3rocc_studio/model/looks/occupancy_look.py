"""How the occupancy panel shows a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.looks.backdrop import Backdrop
from l3rocc_studio.model.looks.palette_name import PaletteName

MAX_HISTORY = 200


class VoxelShape(Enum):
    """What a voxel is drawn as: part of a closed skin, or a cube of its own."""

    FACES = "faces"
    CUBES = "cubes"


class VoxelColor(Enum):
    """What the colour of a voxel tells."""

    DEPTH = "depth"
    HEIGHT = "height"
    PLAIN = "plain"


class HiddenStyle(Enum):
    """How cells that are no surface are drawn: as outlines, or as a veil."""

    WIRE = "wire"
    VEIL = "veil"


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyLook:
    """Everything about the occupancy panel but where it looks from.

    Attributes
    ----------
    shape, color, palette, plain_color
        Form of the voxels, what their colours tell, the scale, and the one colour of ``PLAIN``.
    edge_strength
        How dark the edges of voxels are, 0 for none.
    has_visible, has_history, has_occluded, has_never_seen, has_free
        Whether voxels seen occupied now, those that earlier frames saw, those behind a surface, those outside the
        picture, and those seen to be empty are shown.
    history_len, history_step
        How many past frames are remembered and how far apart they are; None takes the run's.
    hidden_style
        How occluded, never seen and free cells are drawn.
    has_box, has_camera, has_legend
        Whether the range's box, the camera and the legend are shown.
    backdrop
        What is behind everything.
    """

    shape: VoxelShape = VoxelShape.FACES
    color: VoxelColor = VoxelColor.DEPTH
    palette: PaletteName = PaletteName.MORANDI
    plain_color: str = "#b9c2c9"
    edge_strength: float = 0.35
    has_visible: bool = True
    has_history: bool = True
    has_occluded: bool = False
    has_never_seen: bool = False
    has_free: bool = False
    history_len: int | None = None
    history_step: int | None = None
    hidden_style: HiddenStyle = HiddenStyle.WIRE
    has_box: bool = True
    has_camera: bool = True
    has_legend: bool = True
    backdrop: Backdrop = field(default_factory=Backdrop)

    def __post_init__(self) -> None:
        Backdrop(color=self.plain_color)
        if not 0.0 <= self.edge_strength <= 1.0:
            raise InputError(f"The strength of edges must be from 0 to 1, not {self.edge_strength}.")
        if self.history_len is not None and not 0 <= self.history_len <= MAX_HISTORY:
            raise InputError(f"A history is 0 to {MAX_HISTORY} frames long, not {self.history_len}.")
        if self.history_step is not None and not 1 <= self.history_step <= MAX_HISTORY:
            raise InputError(f"The frames of a history are 1 to {MAX_HISTORY} apart, not {self.history_step}.")

    @property
    def hidden_layers(self) -> tuple[str, ...]:
        """Names of the shown layers that are no surface, as ``FrameOccupancy`` calls them."""
        shown = {"occluded": self.has_occluded, "out_of_view": self.has_never_seen, "free": self.has_free}
        return tuple(name for name, is_shown in shown.items() if is_shown)
