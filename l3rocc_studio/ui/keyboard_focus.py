"""Where the keyboard is when nobody put it anywhere, and whose undo a number field's is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QSpinBox, QWidget
from shiboken6 import isValid

from l3rocc_studio.ui.main_window import MainWindow

PROGRAMS_OWN = ("undo", "redo")


class KeyboardFocus(QObject):
    """Keeps keys from going to fields that nobody chose.

    A control that is hidden or disabled while it has the keyboard would hand it to whichever comes next, often a field
    that swallows arrows and letters: it goes to a scene instead. And a number field has its own undo only while
    something typed in it does not count yet; else undo and redo are the program's, wherever the keyboard is.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._field: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        app.focusChanged.connect(self._moved)

    def shut_down(self) -> None:
        """Stop listening."""
        self._app.focusChanged.disconnect(self._moved)
        self._watch(None)

    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if self._was_handed_on(old, now):
            views = (panel.view for panel in self._window.scene_panels)
            view = next((view for view in views if view is not None and view.isVisible()), None)
            # Before there are any, the window itself: its shortcuts work, and no key is typed anywhere.
            (view or self._window).setFocus()
            return
        self._watch(now if isinstance(now, QSpinBox | QDoubleSpinBox) else None)

    def _was_handed_on(self, old: QWidget | None, now: QWidget | None) -> bool:
        """Whether the keyboard left a control of the window for the next one because that is gone."""
        if old is None or now is None or not isValid(old):
            return False
        is_within = old.window() is self._window and now.window() is self._window
        return is_within and not (old.isVisible() and old.isEnabled())

    def _watch(self, field: QWidget | None) -> None:
        if self._field is not None and isValid(self._field):
            self._field.removeEventFilter(self)
        self._field = field if field is not None and field.window() is self._window else None
        if self._field is not None:
            self._field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Leave undo and redo to the program."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence(event.keyCombination())
            is_own = any(keys in self._window.actions_set[key].shortcuts() for key in PROGRAMS_OWN)
            if is_own and isinstance(watched, QSpinBox | QDoubleSpinBox) and not _has_typing(watched):
                event.ignore()
                return True
        return bool(super().eventFilter(watched, event))


def _has_typing(field: QSpinBox | QDoubleSpinBox) -> bool:
    """Whether what stands in a field is not its number, or not yet."""
    value = field.value()
    number = field.textFromValue(value) if isinstance(field, QDoubleSpinBox) else field.textFromValue(round(value))
    shown = (f"{field.prefix()}{number}{field.suffix()}", field.specialValueText() or number)
    return field.text() not in shown
