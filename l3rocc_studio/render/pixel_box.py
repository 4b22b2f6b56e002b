"""A rectangle of pixels in a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace


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

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return self.width_px, self.height_px

    def around(self, other: PixelBox) -> PixelBox:
        """The least rectangle that holds both."""
        left, top = min(self.left_px, other.left_px), min(self.top_px, other.top_px)
        return PixelBox(
            left_px=left,
            top_px=top,
            width_px=max(self.left_px + self.width_px, other.left_px + other.width_px) - left,
            height_px=max(self.top_px + self.height_px, other.top_px + other.height_px) - top,
        )

    def grown(self, margin_px: int, step_px: int, size_px: tuple[int, int]) -> PixelBox:
        """More on every side, from corners at whole steps on, but not beyond a picture of (width, height)."""
        left, top = (max(at - margin_px, 0) // step_px * step_px for at in (self.left_px, self.top_px))
        right = min(self.left_px + self.width_px + margin_px, size_px[0])
        bottom = min(self.top_px + self.height_px + margin_px, size_px[1])
        return PixelBox(left_px=left, top_px=top, width_px=right - left, height_px=bottom - top)

    def beyond(self, other: PixelBox) -> PixelBox:
        """The place of what is counted from the corner of another rectangle."""
        return PixelBox(
            left_px=other.left_px + self.left_px,
            top_px=other.top_px + self.top_px,
            width_px=self.width_px,
            height_px=self.height_px,
        )

    def outside(self, other: PixelBox) -> list[PixelBox]:
        """What of it is not in another, in rectangles that share no pixel."""
        left, top = max(self.left_px, other.left_px), max(self.top_px, other.top_px)
        right, bottom = min(self.columns.stop, other.columns.stop), min(self.rows.stop, other.rows.stop)
        if right <= left or bottom <= top:
            return [self]
        middle = bottom - top
        parts = [
            replace(self, height_px=top - self.top_px),
            replace(self, top_px=bottom, height_px=self.rows.stop - bottom),
            replace(self, top_px=top, height_px=middle, width_px=left - self.left_px),
            PixelBox(left_px=right, top_px=top, width_px=self.columns.stop - right, height_px=middle),
        ]
        return [part for part in parts if part.width_px > 0 and part.height_px > 0]

    def within(self, other: PixelBox) -> PixelBox:
        """The same place counted from the corner of a rectangle that holds it."""
        return PixelBox(
            left_px=self.left_px - other.left_px,
            top_px=self.top_px - other.top_px,
            width_px=self.width_px,
            height_px=self.height_px,
        )

    def overlap(self, other: PixelBox) -> PixelBox | None:
        """What both cover; None if nothing."""
        left, top = max(self.left_px, other.left_px), max(self.top_px, other.top_px)
        width_px = min(self.columns.stop, other.columns.stop) - left
        height_px = min(self.rows.stop, other.rows.stop) - top
        if width_px <= 0 or height_px <= 0:
            return None
        return PixelBox(left_px=left, top_px=top, width_px=width_px, height_px=height_px)


NOWHERE = PixelBox(left_px=0, top_px=0, width_px=0, height_px=0)
