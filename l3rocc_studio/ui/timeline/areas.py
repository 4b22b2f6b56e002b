"""Where the strips of the time axis are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from l3rocc_studio.ui.timeline import ruler, view_lane

MARGIN_PX = 12
THUMBNAILS_PX = 42
OVERVIEW_PX = 3
_GAP_PX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAreas:
    """One strip below the other, in pixels of the widget.

    Attributes
    ----------
    width_px
        Of the widget.
    quality_px
        Height of the strip of quality; 0 where nothing is known.
    has_thumbnails
        Whether there are pictures.
    has_views
        Whether the camera path has views.
    """

    width_px: int
    quality_px: float
    has_thumbnails: bool
    has_views: bool = False

    @property
    def room_px(self) -> float:
        """Width of the frames, between the margins."""
        return max(1.0, self.width_px - 2 * MARGIN_PX)

    @property
    def ruler(self) -> QRectF:
        """Times, marks and the handles of the range; as wide as the widget."""
        return QRectF(0, 0, self.width_px, ruler.RULER_PX)

    @property
    def keyframes(self) -> QRectF:
        """Ticks of the keyframes."""
        return QRectF(MARGIN_PX, ruler.RULER_PX, self.room_px, ruler.KEYFRAMES_PX)

    @property
    def views(self) -> QRectF:
        """Views of the camera path; without height where there are none."""
        return QRectF(MARGIN_PX, self.keyframes.bottom(), self.room_px, view_lane.LANE_PX if self.has_views else 0)

    @property
    def thumbnails(self) -> QRectF:
        """Pictures; without height where there are none."""
        height = THUMBNAILS_PX if self.has_thumbnails else 0
        return QRectF(MARGIN_PX, self.views.bottom() + (1 if self.has_views else _GAP_PX), self.room_px, height)

    @property
    def quality(self) -> QRectF:
        """How well each frame turned out."""
        top = self.thumbnails.bottom() + (_GAP_PX if self.has_thumbnails else 0)
        return QRectF(MARGIN_PX, top, self.room_px, self.quality_px)

    @property
    def axis(self) -> QRectF:
        """All of it between the margins."""
        return QRectF(MARGIN_PX, 0, self.room_px, self.quality.bottom())

    def overview(self, height_px: int) -> QRectF:
        """Which part of all frames is in view, at the foot of a widget of that height."""
        return QRectF(MARGIN_PX, height_px - OVERVIEW_PX + 1, self.room_px, OVERVIEW_PX - 1)
