"""Takes drops anywhere in the window, and says before the button is released whether a drop will be taken."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QWidget

from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.input_check import DropGlance, InputKind, glance_at_all

_MARGIN_PX = 18


class DropTarget(QObject):
    """Makes a window take drops.

    Signals
    -------
    accepted (DropGlance)
        Something usable was dropped.
    refused (str)
        Something else was, or was taken out of the window again or let go where the cursor forbade it; the reason.
    """

    accepted = Signal(object)
    refused = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._note = QLabel("", window)
        self._note.setObjectName("dropNote")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._note.hide()
        self._refusal = ""
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @property
    def note(self) -> str:
        """What is said while something is dragged over the window; empty while nothing is."""
        return "" if self._note.isHidden() else self._note.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Handle the window's drag events."""
        kind = event.type()
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            self._enter(event)
            return True
        if kind == QEvent.Type.DragMove and isinstance(event, QDragMoveEvent):
            self._move(event)
            return True
        if kind == QEvent.Type.DragLeave:
            self._leave()
            return True
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._drop(event)
            return True
        return bool(super().eventFilter(watched, event))

    def _enter(self, event: QDragEnterEvent) -> None:
        judged = _judged(event.mimeData())
        # The drag is let in whatever it is, or no word would come when it leaves; its moves are refused.
        _accept_as_copy(event)
        self._refusal = retell(judged.refusal)
        self._say(self._refusal or _invitation(judged), is_refused=bool(judged.refusal))

    def _move(self, event: QDragMoveEvent) -> None:
        """The cursor says whether letting go here would do anything."""
        if self._refusal:
            event.setDropAction(Qt.DropAction.IgnoreAction)
            event.ignore()
        else:
            _accept_as_copy(event)

    def _leave(self) -> None:
        self._note.hide()
        refusal, self._refusal = self._refusal, ""
        if refusal:
            self.refused.emit(refusal)

    def _drop(self, event: QDropEvent) -> None:
        self._note.hide()
        self._refusal = ""
        judged = _judged(event.mimeData())
        _accept_as_copy(event)
        if judged.refusal:
            self.refused.emit(retell(judged.refusal))
        else:
            self.accepted.emit(judged)

    def _say(self, text: str, *, is_refused: bool) -> None:
        self._note.setText(text)
        self._note.setProperty("refused", "true" if is_refused else "false")
        self._note.style().unpolish(self._note)
        self._note.style().polish(self._note)
        margins = (_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        self._note.setGeometry(self._window.rect().adjusted(*margins))
        self._note.raise_()
        self._note.show()


def _accept_as_copy(event: QDropEvent) -> None:
    """Whoever is told that a file was moved away may delete it."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _invitation(judged: DropGlance) -> str:
    """What will happen when the button is let go."""
    if len(judged.inputs) > 1:
        left_out = retell(" ".join(judged.left_out))
        rest = tr("\n\nNot used: {reasons}").format(reasons=left_out) if left_out else ""
        return tr("Drop to add {count} inputs to the queue{rest}").format(count=len(judged.inputs), rest=rest)
    only = judged.inputs[0]
    name = only.path.name if only.path else ""
    return (
        tr("Drop to open the project {name}").format(name=name)
        if only.kind is InputKind.PROJECT
        else tr("Drop to open {name}").format(name=name)
    )


def _judged(data: QMimeData) -> DropGlance:
    return glance_at_all([Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()])
