"""What can be laid over the video's picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class OverlayFill(Enum):
    """What covers the picture; one at a time."""

    NONE = "none"
    OCCUPANCY = "occupancy"
    DEPTH = "depth"
    CONFIDENCE = "confidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayChoice:
    """What a person chose to see over the video.

    Attributes
    ----------
    fill
        What covers the picture.
    has_path
        Whether the camera's way ahead is drawn.
    """

    fill: OverlayFill = OverlayFill.NONE
    has_path: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is laid over the picture."""
        return self.fill is OverlayFill.NONE and not self.has_path
