"""A rectangle of pixels in a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelBox:
    """A part of a picture, in pixels from the upper left corner."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int

    @property
    def rows(self) -> slice:
        """Rows of the picture."""
        return slice(self.top_px, self.top_px + self.height_px)

    @property
    def columns(self) -> slice:
        """Columns of the picture."""
        return slice(self.left_px, self.left_px + self.width_px)
