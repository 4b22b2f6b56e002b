"""Remarks that are there to be read, but do not push anything else away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import retell, tr


class Notes(QWidget):
    """One line that says how many notes there are; a click unfolds them. Without notes it is hidden."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = QToolButton(self)
        self.toggle.setObjectName("notes")
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setAccessibleName(name)
        self._text = QLabel("", self)
        self._text.setObjectName("small")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._text)
        self.toggle.toggled.connect(self._unfold)
        self.show_notes(())

    @property
    def text(self) -> str:
        """All notes, a paragraph each."""
        return self._text.text()

    @property
    def is_unfolded(self) -> bool:
        """Whether the notes themselves are shown."""
        return not self._text.isHidden()

    def show_notes(self, notes: Sequence[str]) -> None:
        """Tell of other notes, folded; none hide the line."""
        self.toggle.setText(tr("1 note") if len(notes) == 1 else tr("{count} notes").format(count=len(notes)))
        self._text.setText("\n\n".join(map(retell, notes)))
        self.toggle.setChecked(False)
        self._unfold(False)
        self.setVisible(bool(notes))

    def _unfold(self, is_unfolded: bool) -> None:
        self._text.setVisible(is_unfolded)
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if is_unfolded else Qt.ArrowType.RightArrow)
        self.toggle.setToolTip(tr("Collapse the notes") if is_unfolded else tr("Show the notes"))
