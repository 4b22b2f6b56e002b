"""The frame around each panel: a header with a title and a note, and the content below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.panels.panel_header import PanelHeader


class Panel(QFrame):
    """A card with a header; shows a sentence while there is nothing to show.

    Parameters
    ----------
    title
        Name of the panel.
    empty_text
        What to say while the panel has no content.

    Signals
    -------
    header_double_clicked
        The person wants more, or no longer more, of this panel.
    """

    header_double_clicked = Signal()

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(title)
        self.setMinimumSize(180, 140)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self._header = PanelHeader(tr(title), self)
        self._header.double_clicked.connect(self.header_double_clicked)
        outer.addWidget(self._header)
        self._body = QFrame(self)
        self._body.setObjectName("canvas")
        self._stack = QStackedLayout(self._body)
        self._empty_text = empty_text
        self._empty = QLabel(tr(empty_text), self._body)
        self._empty.setObjectName("empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(24)
        self._stack.addWidget(self._empty)
        outer.addWidget(self._body, 1)
        self._content: QWidget | None = None

    @property
    def note(self) -> str:
        """The text beside the title."""
        return self._header.note

    @property
    def empty_text(self) -> str:
        """What is said by default while there is no content."""
        return self._empty_text

    def set_content(self, content: QWidget) -> None:
        """Put the content in; it stays hidden until :meth:`show_content`."""
        self._content = content
        self._stack.addWidget(content)

    def show_content(self) -> None:
        """Show the content instead of the sentence."""
        if self._content is not None:
            self._stack.setCurrentWidget(self._content)

    def show_empty(self, text: str) -> None:
        """Show a sentence instead of the content."""
        self._empty.setText(text)
        self._stack.setCurrentWidget(self._empty)

    @property
    def is_empty(self) -> bool:
        """Whether the sentence is shown."""
        return self._stack.currentWidget() is self._empty

    def set_note(self, text: str) -> None:
        """Say something beside the title, such as a count."""
        self._header.set_note(text)

    def add_header_button(self, button: QToolButton) -> None:
        """Add a small button at the right of the header."""
        self._header.add_button(button)
