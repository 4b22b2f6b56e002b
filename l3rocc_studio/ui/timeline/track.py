"""The time axis under a person's hands: it shows the timeline and asks it to change."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.axis_view import AxisView
from l3rocc_studio.ui.timeline.grasp import Hold, dragged_range, end_at, mark_at
from l3rocc_studio.ui.timeline.view_lane import view_at

_WHEEL_ZOOM = 1.25


class Track(AxisView):
    """The time axis.

    Press anywhere to go there and drag to scrub; drag the handles to change the range, or a view of the camera path to
    another frame; the wheel zooms about the pointer, with Shift or the middle button it shifts.

    Signals
    -------
    range_wanted (int, int)
        The person drags an end of the range.
    view_moved (int, int)
        The person dragged the view at a frame to another frame.
    mark_activated (Mark)
        A mark was double-clicked.
    menu_wanted (QPoint)
        The person asks for the menu of the frame that is now current; a global place.
    hovered (int, float)
        The pointer is over a frame, at a place along the widget; -1 when it has left.
    """

    range_wanted = Signal(int, int)
    view_moved = Signal(int, int)
    mark_activated = Signal(object)
    menu_wanted = Signal(object)
    hovered = Signal(int, float)

    def __init__(self, timeline: Timeline, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(timeline, theme, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._pan_x = 0.0
        self._lifted: tuple[int, int] | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Take an end of the range, the view or the playhead."""
        if not self._content.num_frames:
            return
        x = event.position().x()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._hold, self._pan_x = Hold.VIEW, x
        elif event.button() == Qt.MouseButton.LeftButton:
            view = self._view_at(event.position())
            self._hold = end_at(event.position(), self._scale, self._content.selected) or Hold.PLAYHEAD
            if view is not None:
                self._hold, self._lifted = Hold.PATH_VIEW, (view.frame_idx, view.frame_idx)
            elif self._hold is Hold.PLAYHEAD:
                self._timeline.begin_scrub()
                mark = mark_at(event.position(), self._scale, self._content.marks)
                self._timeline.seek(self._scale.frame_at(x) if mark is None else mark.frame_idx)
        self._move_hover(None)
        self.hovered.emit(-1, x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag what is held, or preview what is under the pointer."""
        x = event.position().x()
        if self._hold is Hold.NOTHING:
            self._hover(event.position())
        elif self._hold is Hold.PLAYHEAD:
            frame_idx = self._scale.frame_at(x)
            if frame_idx != self._timeline.current:
                self._timeline.seek(frame_idx)
        elif self._hold is Hold.VIEW:
            self._set_scale(self._scale.panned(self._pan_x - x))
            self._pan_x = x
        elif self._hold is Hold.PATH_VIEW:
            self._drag_view(self._scale.frame_at(x))
        else:
            wanted = dragged_range(self._hold, x, self._scale, self._content.selected)
            if wanted != self._content.selected:
                self.range_wanted.emit(*wanted)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go; the pointer's line is where it was let go."""
        held, self._hold = self._hold, Hold.NOTHING
        self._move_hover(event.position().x() if self.rect().contains(event.position().toPoint()) else None)
        if held is Hold.PLAYHEAD:
            self._timeline.end_scrub()
        elif held is Hold.PATH_VIEW:
            self._drop_view()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Rename a mark."""
        mark = mark_at(event.position(), self._scale, self._content.marks)
        if mark is not None and event.button() == Qt.MouseButton.LeftButton:
            self.mark_activated.emit(mark)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Go to the frame under the pointer and offer what can be done with it."""
        if self._content.num_frames:
            if event.reason() == QContextMenuEvent.Reason.Mouse:
                self._timeline.seek(self._frame_under(QPointF(event.pos())))
            self.hovered.emit(-1, 0.0)
            self.menu_wanted.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom about the pointer; with Shift, or sideways, shift the view."""
        turn = event.angleDelta()
        if turn.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._set_scale(self._scale.panned(-(turn.x() or turn.y()) / 120 * 80))
        elif turn.y():
            self._set_scale(self._scale.zoomed(_WHEEL_ZOOM ** (turn.y() / 120), event.position().x()))
        self._hover(event.position())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Preview what is under the pointer."""
        self._hover(event.position())

    def leaveEvent(self, _event: object) -> None:  # noqa: N802
        """No preview any more."""
        self._move_hover(None)
        self.hovered.emit(-1, 0.0)

    def _hover(self, position: QPointF) -> None:
        if not self._content.num_frames:
            return
        is_handle = end_at(position, self._scale, self._content.selected) is not None
        shape = Qt.CursorShape.SizeHorCursor if is_handle else Qt.CursorShape.ArrowCursor
        self.setCursor(shape if self._view_at(position) is None else Qt.CursorShape.PointingHandCursor)
        self._move_hover(position.x())
        self.hovered.emit(self._frame_under(position), position.x())

    @property
    def _shown_views(self) -> tuple[ViewKeyframe, ...]:
        if self._lifted is None:
            return self._content.views
        frame_idx, to = self._lifted
        others = (view for view in self._content.views if view.frame_idx not in self._lifted)
        lifted = (replace(view, frame_idx=to) for view in self._content.views if view.frame_idx == frame_idx)
        return tuple(sorted((*others, *lifted), key=lambda view: view.frame_idx))

    def _view_at(self, position: QPointF) -> ViewKeyframe | None:
        return view_at(position, self._areas.views, self._scale, self._content.views)

    def _frame_under(self, position: QPointF) -> int:
        """The frame that a place means: that of a view which is a little larger than its frame, too."""
        view = self._view_at(position)
        return self._scale.frame_at(position.x()) if view is None else view.frame_idx

    def _drag_view(self, to: int) -> None:
        frames = self._content.processed
        if self._lifted is not None and frames:
            lifted = self._lifted[0], min(max(to, frames.start), frames.stop - 1)
            if lifted != self._lifted:
                self._lifted = lifted
                self.repaint_all()
                self.hovered.emit(lifted[1], self._scale.x_of(lifted[1]))

    def _drop_view(self) -> None:
        """A view that was dragged stays here; one that was only clicked is gone to."""
        lifted, self._lifted = self._lifted, None
        if lifted is None:
            return
        if lifted[0] == lifted[1]:
            self._timeline.pause()
            self._timeline.seek(lifted[0])
        else:
            self.hovered.emit(-1, 0.0)
            self.view_moved.emit(*lifted)
        self.repaint_all()

    def _move_hover(self, x: float | None) -> None:
        for place in (self._hover_x, x):
            if place is not None:
                self.update(QRectF(place - 2, 0, 4, self.height()).toAlignedRect())
        self._hover_x = x
