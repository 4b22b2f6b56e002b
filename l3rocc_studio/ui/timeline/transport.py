"""Play, step and scrub: one bar for all panels. It shows the timeline's state and asks it to change, nothing more."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from l3rocc_studio.model.timeline import SPEEDS, FrameCause, Timeline
from l3rocc_studio.ui.actions.action_set import ActionSet


class Playhead(QSlider):
    """A slider whose handle jumps to where it is pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Current frame")
        self.setMinimumWidth(120)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Move the handle under the pointer, then drag it as usual."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self.value_at(event.position().toPoint()))
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Follow the pointer."""
        if self.isSliderDown():
            self.setSliderPosition(self.value_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def value_at(self, point: QPoint) -> int:
        """The frame under a point of the widget."""
        groove, handle = self._rects()
        span = groove.width() - handle.width()
        offset = point.x() - groove.x() - handle.width() // 2
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), offset, span)

    def x_of(self, value: int) -> int:
        """Where a frame lies along the widget."""
        groove, handle = self._rects()
        span = groove.width() - handle.width()
        offset = QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), value, span)
        return groove.x() + handle.width() // 2 + offset

    def _rects(self) -> tuple[QRect, QRect]:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl
        style = self.style()
        groove = style.subControlRect(control, option, part.SC_SliderGroove, self)
        handle = style.subControlRect(control, option, part.SC_SliderHandle, self)
        return groove, handle


class Transport(QFrame):
    """The bar at the bottom.

    Parameters
    ----------
    timeline
        The truth that is shown and asked.
    actions
        Play, steps and loop.
    """

    def __init__(self, timeline: Timeline, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("Timeline")
        self._timeline = timeline
        self._actions = actions
        self.playhead = Playhead(self)
        self._frame_label = QLabel("", self)
        self._frame_label.setObjectName("mono")
        self._frame_label.setAccessibleName("Frame and time")
        self.speed = self._make_speed()
        self._lay_out()
        self._is_updating = False
        self.playhead.valueChanged.connect(self._value_changed)
        self.playhead.sliderPressed.connect(timeline.begin_scrub)
        self.playhead.sliderReleased.connect(timeline.end_scrub)
        self._disconnects = [
            timeline.frame_changed.connect(self._show_frame),
            timeline.structure_changed.connect(self._show_structure),
            timeline.playing_changed.connect(self._show_playing),
        ]
        self._show_structure()

    @property
    def frame_text(self) -> str:
        """Frame and time as shown."""
        return self._frame_label.text()

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def _make_speed(self) -> QComboBox:
        box = QComboBox(self)
        for speed in SPEEDS:
            box.addItem(f"{speed:g}×", speed)
        box.setCurrentIndex(SPEEDS.index(1.0))
        box.setAccessibleName("Speed")
        box.setToolTip("Playing speed")
        box.setFixedWidth(78)
        box.activated.connect(lambda index: self._timeline.set_speed(box.itemData(index)))
        return box

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 12, 6)
        row.setSpacing(2)
        for key in ("first", "previous", "play", "next", "last"):
            row.addWidget(self._actions.button(key, self, 24 if key == "play" else 20))
        row.addSpacing(8)
        row.addWidget(self.playhead, 1)
        row.addSpacing(12)
        row.addWidget(self._frame_label)
        row.addSpacing(10)
        row.addWidget(self._actions.button("loop", self))
        row.addSpacing(4)
        row.addWidget(self.speed)

    def _value_changed(self, value: int) -> None:
        if not self._is_updating:
            self._timeline.seek(value)

    def _show_frame(self, frame_idx: int, _cause: FrameCause) -> None:
        self._is_updating = True
        # While a person drags, the handle is theirs.
        if not self.playhead.isSliderDown():
            self.playhead.setValue(frame_idx)
        self._is_updating = False
        self._frame_label.setText(self._text(frame_idx))

    def _show_structure(self) -> None:
        timeline = self._timeline
        self._is_updating = True
        self.playhead.setRange(0, max(0, timeline.num_frames - 1))
        self.playhead.setValue(timeline.current)
        self._is_updating = False
        self.playhead.setEnabled(timeline.num_frames > 1)
        self.speed.setEnabled(timeline.num_frames > 1)
        self.playhead.setToolTip("" if timeline.num_frames > 1 else "Open a video first.")
        self.speed.setCurrentIndex(self.speed.findData(timeline.speed))
        self._actions["loop"].setChecked(timeline.is_looping)
        self._frame_label.setText(self._text(timeline.current))
        longest = self._text(max(0, timeline.num_frames - 1))
        self._frame_label.setMinimumWidth(self._frame_label.fontMetrics().horizontalAdvance(longest) + 8)

    def _show_playing(self, is_playing: bool) -> None:
        self._actions.show_as("play", "pause" if is_playing else "play", "Pause" if is_playing else "Play")

    def _text(self, frame_idx: int) -> str:
        timeline = self._timeline
        if not timeline.num_frames:
            return "–"
        width = len(str(timeline.num_frames))
        frame = f"{frame_idx + 1:>{width}} / {timeline.num_frames}"
        return f"{frame}   {clock_text(timeline.time_s)} / {clock_text(timeline.duration_s)}"


def clock_text(seconds: float) -> str:
    """Minutes, seconds and hundredths."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
