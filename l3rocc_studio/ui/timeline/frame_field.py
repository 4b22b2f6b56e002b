"""Says which frame is shown, and takes the place where the person wants to go."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.place import parse_place
from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.model.words import N_, retell, tr

TOOLTIP = N_("Go to a frame (120), a time (0:04.5 or 4.5 s), a step (+10) or a percentage (50 %)")


class FrameField(QLineEdit):
    """Shows the current frame; typing and Enter go elsewhere, Escape takes the typing back."""

    def __init__(self, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("place")
        self.setAccessibleName(tr("Go to frame or time"))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._timeline = timeline
        self._say_wrong("")
        self.returnPressed.connect(self._go)

    def show_frame(self, frame_idx: int) -> None:
        """Show a number, unless the person is typing another."""
        if not self.isModified():
            self.setText(str(frame_idx))

    def show_structure(self) -> None:
        """Another source: as wide as its longest number, or nothing to type."""
        count = self._timeline.num_frames
        digits = "0" * max(5, len(str(count)) + 1)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(digits) + 18)
        self.setEnabled(count > 0)
        self.setModified(False)
        self.setText(str(self._timeline.current) if count else "")
        self._say_wrong("" if count else tr("Open a video first."), is_wrong=False)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """What was not sent is taken back."""
        super().focusOutEvent(event)
        self._take_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape takes the typing back and leaves the field."""
        if event.key() == Qt.Key.Key_Escape:
            self._take_back()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        try:
            frame_idx = parse_place(self.text(), self._timeline)
        except InputError as error:
            self._say_wrong(retell(str(error)))
            return
        self._say_wrong("")
        self.setModified(False)
        self._timeline.seek(frame_idx)
        self.show_frame(frame_idx)
        self.selectAll()

    def _take_back(self) -> None:
        self.setModified(False)
        self._say_wrong("")
        if self._timeline.num_frames:
            self.show_frame(self._timeline.current)

    def _say_wrong(self, text: str, *, is_wrong: bool = True) -> None:
        self.setToolTip(text or tr(TOOLTIP))
        wanted = bool(text) and is_wrong
        if bool(self.property("wrong")) != wanted:
            self.setProperty("wrong", wanted)
            self.style().unpolish(self)
            self.style().polish(self)
