"""Play, step, go: one row of controls. It shows the timeline's state and asks it to change, nothing more."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from l3rocc_studio.model.counts import frames_text
from l3rocc_studio.model.place import clock_text
from l3rocc_studio.model.timeline import SPEEDS, FrameCause, Timeline
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.timeline.frame_field import FrameField
from l3rocc_studio.ui.timeline.range_chip import RangeChip

MOVES = ("first", "previous_keyframe", "previous", "play", "next", "next_keyframe", "last")
RANGE_KEYS = ("set_in", "set_out")
MARK_KEYS = ("previous_mark", "mark", "next_mark")
YIELDING = (
    ("previous_mark", "next_mark"),
    ("worst",),
    ("previous_keyframe", "next_keyframe"),
    ("set_in", "set_out"),
    ("mark",),
    ("first", "last"),
    ("loop",),
)
"""Buttons that make room first where the row is narrow; all of them are in the menus as well."""
_SPACING_PX = 2


class Transport(QWidget):
    """The row of controls above the time axis.

    Parameters
    ----------
    timeline
        The truth that is shown and asked.
    actions
        Play, steps, range, marks and loop.
    """

    def __init__(self, timeline: Timeline, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._actions = actions
        keys = (*MOVES, *RANGE_KEYS, *MARK_KEYS, "worst", "loop")
        self.buttons = {key: actions.button(key, self, 22 if key == "play" else 18) for key in keys}
        self.place = FrameField(timeline, self)
        self._total = self._label(tr("Last frame"))
        self._clock = self._label(tr("Time"))
        self.chip = RangeChip(timeline, actions, self)
        self.speed = self._make_speed()
        self._lay_out()
        self._disconnects = [
            timeline.frame_changed.connect(self._show_frame),
            timeline.structure_changed.connect(self._show_structure),
            timeline.playing_changed.connect(self._show_playing),
        ]
        self._show_structure()

    @property
    def frame_text(self) -> str:
        """Frame and time as shown."""
        return f"{self.place.text()} {self._total.text()} {self._clock.text()}".strip()

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Buttons make room for what must be seen."""
        super().resizeEvent(event)
        self._make_room()

    def _label(self, name: str) -> QLabel:
        label = QLabel("", self)
        label.setObjectName("mono")
        label.setAccessibleName(name)
        return label

    def _make_speed(self) -> QComboBox:
        box = QComboBox(self)
        for speed in SPEEDS:
            box.addItem(f"{speed:g}×", speed)
        box.setCurrentIndex(SPEEDS.index(1.0))
        box.setAccessibleName(tr("Speed"))
        box.setToolTip(tr("Playing speed"))
        box.setFixedWidth(78)
        box.activated.connect(lambda index: self._timeline.set_speed(box.itemData(index)))
        return box

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING_PX)
        for key in MOVES:
            row.addWidget(self.buttons[key])
        row.addSpacing(6)
        row.addWidget(self.place)
        row.addWidget(self._total)
        row.addSpacing(10)
        row.addWidget(self._clock)
        row.addSpacing(6)
        row.addWidget(self.chip)
        row.addStretch(1)
        for key in (*RANGE_KEYS, *MARK_KEYS, "worst", "loop"):
            row.addWidget(self.buttons[key])
        row.addSpacing(4)
        row.addWidget(self.speed)

    def _make_room(self) -> None:
        # isHidden tells what was asked for, whether or not the row is on the screen yet.
        fixed = [self.place, self._total, self._clock, self.speed, *([] if self.chip.isHidden() else [self.chip])]
        needed = sum(max(widget.minimumWidth(), widget.sizeHint().width()) + _SPACING_PX for widget in fixed) + 40
        widths = {key: button.sizeHint().width() + _SPACING_PX for key, button in self.buttons.items()}
        for label in (self._total, self._clock):
            label.setVisible(True)
        hidden: set[str] = set()
        for group in YIELDING:
            if needed + sum(width for key, width in widths.items() if key not in hidden) <= self.width():
                break
            hidden.update(group)
        for key, button in self.buttons.items():
            button.setVisible(key not in hidden)
        left = self.width() - needed - sum(width for key, width in widths.items() if key not in hidden)
        for label in (self._total, self._clock):
            if left < 0:
                label.setVisible(False)
                left += max(label.minimumWidth(), label.sizeHint().width())

    def _show_frame(self, frame_idx: int, _cause: FrameCause) -> None:
        self.place.show_frame(frame_idx)
        self._show_clock()

    def _show_clock(self) -> None:
        timeline = self._timeline
        text = f"{clock_text(timeline.time_s)} / {clock_text(timeline.duration_s)}" if timeline.num_frames else "–"
        self._clock.setText(text)

    def _show_structure(self) -> None:
        timeline = self._timeline
        self.place.show_structure()
        self._total.setText(f"/ {timeline.num_frames - 1}" if timeline.num_frames else "")
        self._total.setToolTip(tr("{frames}, counted from 0").format(frames=frames_text(timeline.num_frames)))
        self._show_clock()
        longest = f"{clock_text(timeline.duration_s)} / {clock_text(timeline.duration_s)}"
        self._clock.setMinimumWidth(self._clock.fontMetrics().horizontalAdvance(longest) + 4)
        self.speed.setEnabled(timeline.num_frames > 1)
        self.speed.setToolTip(tr("Playing speed") if timeline.num_frames > 1 else tr("Open a video first."))
        self.speed.setCurrentIndex(self.speed.findData(timeline.speed))
        self._actions["loop"].setChecked(timeline.is_looping)
        self.chip.show_range()
        self._make_room()

    def _show_playing(self, is_playing: bool) -> None:
        self._actions.show_as("play", "pause" if is_playing else "play", tr("Pause") if is_playing else tr("Play"))
