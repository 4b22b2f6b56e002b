"""The frame around each panel: a header with a title and a note, and the content below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.words import tr


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
        outer.addWidget(self._make_header(title))
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

    def _make_header(self, title: str) -> QFrame:
        header = QFrame(self)
        header.setObjectName("panelHeader")
        header.setFixedHeight(34)
        row = QHBoxLayout(header)
        row.setContentsMargins(12, 0, 6, 0)
        row.setSpacing(8)
        name = QLabel(tr(title), header)
        name.setObjectName("title")
        self._note = QLabel("", header)
        self._note_text = ""
        self._note.setObjectName("small")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(name)
        row.addWidget(self._note, 1)
        self._header_row = row
        header.installEventFilter(self)
        return header

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """A double click on the header is told."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.header_double_clicked.emit()
            return True
        return bool(super().eventFilter(watched, event))

    @property
    def note(self) -> str:
        """The text beside the title."""
        return self._note_text

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
        self._note_text = text
        self._note.setToolTip(text)
        self._fit_note()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """What does not fit beside the title is cut with an ellipsis."""
        super().resizeEvent(event)
        # Once the header has been laid out anew.
        QTimer.singleShot(0, self, self._fit_note)

    def _fit_note(self) -> None:
        room_px = max(self._note.width(), 40)
        metrics = self._note.fontMetrics()
        self._note.setText(metrics.elidedText(self._note_text, Qt.TextElideMode.ElideRight, room_px))

    def add_header_button(self, button: QToolButton) -> None:
        """Add a small button at the right of the header."""
        self._header_row.addWidget(button)
