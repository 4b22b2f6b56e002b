"""The time axis as it is seen: ruler, thumbnails and quality under one playhead."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from l3rocc_studio.model.place import clock_text
from l3rocc_studio.model.time_scale import TimeScale
from l3rocc_studio.model.timeline import FrameCause, Timeline
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline import ruler, strips, view_lane
from l3rocc_studio.ui.timeline.areas import MARGIN_PX, THUMBNAILS_PX, TrackAreas
from l3rocc_studio.ui.timeline.content import Picture, TrackContent
from l3rocc_studio.ui.timeline.grasp import Hold


def _height_px(areas: TrackAreas) -> int:
    return round(areas.quality.bottom()) + 2


def _no_picture(_frame_idx: int) -> QImage | None:
    return None


class AxisView(QWidget):
    """Shows the timeline; what stands still is painted once and kept.

    Signals
    -------
    view_changed
        Other frames are in view.
    """

    view_changed = Signal()

    def __init__(self, timeline: Timeline, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Time axis"))
        self.setMinimumWidth(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timeline = timeline
        self._theme = theme
        self._content = TrackContent()
        self._scale = TimeScale(num_frames=0, width_px=1, margin_px=MARGIN_PX)
        self._picture: Picture = _no_picture
        self._aspect = 4 / 3
        self._has_thumbnails = True
        self._still: QPixmap | None = None
        self._hold = Hold.NOTHING
        self._hover_x: float | None = None
        self._painted_frame = 0
        self._disconnect = timeline.frame_changed.connect(self._follow)

    @property
    def scale(self) -> TimeScale:
        """Which frames lie where."""
        return self._scale

    @property
    def content(self) -> TrackContent:
        """What is shown."""
        return self._content

    @property
    def has_thumbnails(self) -> bool:
        """Whether there is room for pictures."""
        return self._has_thumbnails

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def show_content(self, content: TrackContent) -> None:
        """Show other things along the axis."""
        is_other = content.times_s != self._content.times_s
        self._content = content
        if is_other:
            self._scale = TimeScale(num_frames=content.num_frames, width_px=self._areas.room_px, margin_px=MARGIN_PX)
            self.view_changed.emit()
        self.setToolTip("" if content.num_frames else tr("Open a video first."))
        self.updateGeometry()
        self.repaint_all()

    def set_pictures(self, picture: Picture, aspect: float) -> None:
        """Where small pictures come from, and their width over height."""
        self._picture, self._aspect = picture, aspect
        self.view_changed.emit()
        self.repaint_all()

    def set_thumbnails_visible(self, *, is_visible: bool) -> None:
        """Leave the pictures out where there is little room."""
        if is_visible != self._has_thumbnails:
            self._has_thumbnails = is_visible
            self.updateGeometry()
            self.view_changed.emit()
            self.repaint_all()

    def frames_of_thumbnails(self) -> list[int]:
        """Frames whose small pictures the strip shows."""
        if not self._has_thumbnails or not self._content.num_frames:
            return []
        return [frame for _, frame in strips.thumbnail_frames(self._scale, THUMBNAILS_PX * self._aspect)]

    def zoom(self, factor: float) -> None:
        """Fewer or more frames, about the playhead; 0 brings all into view."""
        if factor == 0:
            self._set_scale(self._scale.zoomed(1e-9, 0))
            return
        shown = self._scale.showing(self._timeline.current)
        self._set_scale(shown.zoomed(factor, shown.x_of(self._timeline.current)))

    def repaint_all(self) -> None:
        """Paint what stands still anew as well."""
        self._still = None
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As high as its strips."""
        return QSize(600, _height_px(self._wanted_areas))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As high as its strips."""
        return QSize(160, self.sizeHint().height())

    @property
    def _areas(self) -> TrackAreas:
        """The strips that there are, and those for which the layout has not made room yet left out."""
        wanted = self._wanted_areas
        return wanted if self.height() >= _height_px(wanted) else replace(wanted, has_views=False)

    @property
    def _wanted_areas(self) -> TrackAreas:
        return TrackAreas(
            width_px=self.width(),
            quality_px=strips.quality_height_px(self._content.quality),
            has_thumbnails=self._has_thumbnails,
            has_views=bool(self._content.views),
        )

    @property
    def _shown_views(self) -> tuple[ViewKeyframe, ...]:
        """Views of the camera path as they would be if what is dragged were let go here."""
        return self._content.views

    def _playhead_strip(self, frame_idx: int) -> QRect:
        x = self._scale.x_of(frame_idx)
        return QRectF(x - 9, 0, 18, self.height()).toAlignedRect()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Copy what stands still, and paint playhead and pointer over it."""
        scale = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != scale:
            self._still = self._paint_still(scale)
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.drawPixmap(0, 0, self._still)
        if self._content.num_frames:
            if self._hover_x is not None and self._hold is Hold.NOTHING:
                painter.fillRect(QRectF(self._hover_x - 0.5, 0, 1, self.height()), self._theme.color("text_dim"))
            self._paint_playhead(painter)
        if self.hasFocus():
            painter.setPen(self._theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.end()

    def _paint_still(self, scale: float) -> QPixmap:
        still = QPixmap(round(self.width() * scale), round(self.height() * scale))
        still.setDevicePixelRatio(scale)
        still.fill(self._theme.color("panel"))
        painter = QPainter(still)
        painter.setFont(self.font())
        areas, axis, content, theme = self._areas, self._scale, self._content, self._theme
        if content.num_frames:
            painter.setClipRect(QRectF(MARGIN_PX - 8, 0, areas.room_px + 16, self.height()))
            if self._has_thumbnails:
                strips.paint_thumbnails(painter, areas.thumbnails, axis, self._aspect, self._picture, theme)
            strips.paint_quality(painter, areas.quality, axis, content, theme)
            ruler.paint_ruler(painter, areas.ruler, axis, content, theme)
            ruler.paint_keyframes(painter, areas.keyframes, axis, content, theme)
            if areas.has_views:
                view_lane.paint_views(painter, areas.views, axis, self._shown_views, theme)
            ruler.paint_range(painter, areas.axis, axis, content, theme)
            ruler.paint_marks(painter, areas.axis, axis, content, theme)
            if not axis.is_whole:
                strips.paint_overview(painter, areas.overview(self.height()), axis, theme)
        painter.end()
        return still

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self._scale.x_of(self._timeline.current)
        if not MARGIN_PX - 1 <= x <= self.width() - MARGIN_PX + 1:
            return
        color = QColor(self._theme.color("text"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(x - 0.75, 0, 1.5, self._areas.quality.bottom()), color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        corners = ((-5.5, 0), (5.5, 0), (5.5, 7), (0, 13), (-5.5, 7))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, dy) for dx, dy in corners]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The same frames in another width."""
        super().resizeEvent(event)
        self._set_scale(self._scale.resized(self._areas.room_px))

    def _set_scale(self, scale: TimeScale) -> None:
        if scale != self._scale:
            self._scale = scale
            self.view_changed.emit()
        self.repaint_all()

    def _follow(self, frame_idx: int, cause: FrameCause) -> None:
        """Bring the current frame into view and repaint what the playhead covers."""
        self.setAccessibleDescription(
            tr("Frame {frame_idx} of {num_frames}, {time}").format(
                frame_idx=frame_idx, num_frames=self._timeline.num_frames, time=clock_text(self._timeline.time_s)
            )
        )
        is_held = self._hold is not Hold.NOTHING and cause is FrameCause.SEEK
        shown = self._scale if is_held else self._scale.showing(frame_idx)
        if shown is not self._scale:
            self._set_scale(shown)
            return
        for index in (self._painted_frame, frame_idx):
            self.update(self._playhead_strip(index))
        self._painted_frame = frame_idx
