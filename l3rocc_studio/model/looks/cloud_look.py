"""How the cloud panel shows a run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.looks.backdrop import Backdrop
from l3rocc_studio.model.looks.palette_name import PaletteName

POINT_SCALES = (0.25, 4.0)
CAMERA_SCALES = (0.25, 4.0)


class CloudColor(Enum):
    """What the colour of a point tells."""

    RGB = "rgb"
    HEIGHT = "height"
    DEPTH = "depth"
    CONFIDENCE = "confidence"
    TIME = "time"
    COUNT = "count"


class DepthFrom(Enum):
    """Which camera depths are measured from."""

    CURRENT = "current"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFilter:
    """Which points are shown; everything in units of the run, None where nothing is cut.

    Attributes
    ----------
    min_confidence
        From 0 to 1.
    max_edge
        Strongest depth edge that a point may lie on, as a share of the depth; see ``cloud.edges.edge_strength``.
    max_distance
        From the camera that saw a point first.
    min_height, max_height
        Along the upward direction, from the world's origin.
    """

    min_confidence: float = 0.0
    max_edge: float | None = None
    max_distance: float | None = None
    min_height: float | None = None
    max_height: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.min_confidence <= 1.0:
            raise InputError(f"The least confidence must be from 0 to 1, not {self.min_confidence}.")
        for name, value in (("edge", self.max_edge), ("distance", self.max_distance)):
            if value is not None and not 0.0 <= value < math.inf:
                raise InputError(f"The largest {name} must be 0 or more, not {value}.")
        for value in (self.min_height, self.max_height):
            if value is not None and not math.isfinite(value):
                raise InputError(f"A height must be a finite number, not {value}.")

    @property
    def shows_all(self) -> bool:
        """Whether nothing is cut."""
        return self == CloudFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudLook:
    """Everything about the cloud panel but where it looks from.

    Attributes
    ----------
    color, depth_from, palette
        What colours tell, from where depths count, and the scale for everything but the points' own colours.
    filters
        Which points are shown.
    point_scale
        Size of the points over the usual one.
    hides_backs
        Whether surfaces vanish when looked at from behind.
    is_growing
        Whether only what was seen up to the current frame is shown.
    has_legend, has_path, has_camera, has_picture, has_keyframes, has_occupancy
        Whether the legend, the camera's way, its present place, its picture in it, the cameras of all keyframes, and
        what was found occupied so far are shown.
    camera_scale
        Size of the cameras over the usual one.
    backdrop
        What is behind everything.
    """

    color: CloudColor = CloudColor.RGB
    depth_from: DepthFrom = DepthFrom.CURRENT
    palette: PaletteName = PaletteName.VIRIDIS
    filters: CloudFilter = field(default_factory=CloudFilter)
    point_scale: float = 1.0
    hides_backs: bool = True
    is_growing: bool = False
    has_legend: bool = True
    has_path: bool = True
    has_camera: bool = True
    has_picture: bool = True
    has_keyframes: bool = False
    has_occupancy: bool = False
    camera_scale: float = 1.0
    backdrop: Backdrop = field(default_factory=Backdrop)

    def __post_init__(self) -> None:
        for name, value, (low, high) in (
            ("points", self.point_scale, POINT_SCALES),
            ("cameras", self.camera_scale, CAMERA_SCALES),
        ):
            if not low <= value <= high:
                raise InputError(f"The size of {name} must be from {low:g} to {high:g} times the usual, not {value}.")

    @property
    def depends_on_frame(self) -> bool:
        """Whether the colours of the points change from frame to frame."""
        return self.color is CloudColor.DEPTH and self.depth_from is DepthFrom.CURRENT
