"""The QActions of a window: menus, tool buttons, keys and tooltips are made from the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.catalog import ACTIONS
from l3rocc_studio.ui.actions.spec import ActionSpec
from l3rocc_studio.ui.actions.wording import plain_label
from l3rocc_studio.ui.theme import Theme

ICONS_AN_EVENT = 12


class ActionSet(QObject):
    """The QActions of one window."""

    def __init__(self, window: QWidget, theme: Theme, specs: Iterable[ActionSpec] = ACTIONS) -> None:
        super().__init__(window)
        self._theme = theme
        self._specs = {spec.key: spec for spec in specs}
        self._refusals: dict[str, str] = {}
        self._faces: dict[str, str] = {}
        self._wordings: dict[str, tuple[str, str] | None] = {}
        self._actions = {key: self._make(spec, window) for key, spec in self._specs.items()}
        self._untinted: list[str] = []
        self._tint_timer = QTimer(self)
        self._tint_timer.setInterval(0)
        self._tint_timer.timeout.connect(self._tint_some)
        theme.changed.connect(self._tint_soon)
        self._tint(self._specs)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """All records, in order of the menus."""
        return tuple(self._specs.values())

    def spec(self, key: str) -> ActionSpec:
        """The record of an action."""
        return self._specs[key]

    def name(self, key: str) -> str:
        """What an action is called, without access key and ellipsis."""
        return plain_label(tr(self._specs[key].label))

    def set_keys(self, key: str, keys: str) -> None:
        """Give an action another key, in portable text; empty for none. Unknown actions are left alone."""
        if key in self._actions:
            self._set_shortcuts(key, (keys,) if keys else ())

    def reset_keys(self, key: str) -> None:
        """Give an action the keys back that it was delivered with."""
        if key in self._actions:
            self._set_shortcuts(key, self._specs[key].shortcut)

    def has_own_keys(self, key: str) -> bool:
        """Whether an action has the keys that it was delivered with."""
        return self._actions[key].shortcuts() == [QKeySequence(keys) for keys in self._specs[key].shortcut]

    def on(self, key: str, callback: Callable[[], object]) -> None:
        """Call a function when an action is triggered."""
        self._actions[key].triggered.connect(lambda _checked=False: callback())

    def allow(self, key: str, refusal: str = "") -> None:
        """Enable an action, or disable it with the reason as its tooltip."""
        if refusal == self._refusals.get(key, ""):
            return  # asked about often, and each change of an action reaches all its buttons
        self._refusals[key] = refusal
        action = self._actions[key]
        with QSignalBlocker(action):  # buttons and menus hear of it once, below, instead of three times
            self._describe(action, refusal)
        if action.isEnabled() == (not refusal):
            action.changed.emit()
        else:
            action.setEnabled(not refusal)

    def show_as(self, key: str, icon: str, tooltip: str) -> None:
        """Change an action's face, as Play turns to Pause."""
        action = self._actions[key]
        self._faces[key] = icon
        action.setIcon(self._theme.icon(icon))
        action.setToolTip(_with_keys(tooltip, action))

    def word_as(self, key: str, words: tuple[str, str] | None) -> None:
        """Give an action another label and tooltip, as what it does here asks for; None for those of its record."""
        if words == self._wordings.get(key):
            return
        action, spec = self._actions[key], self._specs[key]
        self._wordings[key] = words
        with QSignalBlocker(action):
            action.setText(tr(words[0] if words else spec.label))
            self._describe(action, self._refusals.get(key, ""))
        action.changed.emit()

    def fill_menu(self, menu: QMenu, path: str, submenus: dict[str, QMenu]) -> None:
        """Add the actions of a menu, and submenus where they are first mentioned."""
        menu.setToolTipsVisible(True)
        for spec in self._specs.values():
            if spec.menu == path:
                if spec.starts_group:
                    menu.addSeparator()
                menu.addAction(self._actions[spec.key])
            elif spec.menu.startswith(f"{path}/") and spec.menu not in submenus:
                submenus[spec.menu] = menu.addMenu(tr(spec.menu.rsplit("/", 1)[1]))
                self.fill_menu(submenus[spec.menu], spec.menu, submenus)

    def button(self, key: str, parent: QWidget, size_px: int = 20) -> QToolButton:
        """A tool button for an action; while it is disabled it says what it is as well as why."""
        action = self._actions[key]
        button = QToolButton(parent)
        button.setDefaultAction(action)
        button.setIconSize(button.iconSize().scaled(size_px, size_px, Qt.AspectRatioMode.KeepAspectRatio))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

        def follow() -> None:
            name = plain_label(action.text())
            button.setAccessibleName(name)
            if not action.isEnabled():
                button.setToolTip(f"{_with_keys(name, action)}\n{action.toolTip()}")

        action.changed.connect(follow)
        follow()
        return button

    def _make(self, spec: ActionSpec, window: QWidget) -> QAction:
        action = QAction(tr(spec.label), window)
        action.setObjectName(spec.key)
        action.setCheckable(spec.is_checkable)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcut])
        self._describe(action, "")
        window.addAction(action)
        return action

    def _set_shortcuts(self, key: str, shortcuts: tuple[str, ...]) -> None:
        action = self._actions[key]
        action.setShortcuts([QKeySequence(keys) for keys in shortcuts])
        if action.isEnabled():
            self._describe(action, "")

    def _describe(self, action: QAction, refusal: str) -> None:
        key = action.objectName()
        words = self._wordings.get(key)
        tooltip = words[1] if words else self._specs[key].tooltip
        action.setToolTip(tr(refusal) or _with_keys(tr(tooltip), action))
        action.setStatusTip(tr(refusal) or tr(tooltip))

    def _tint_soon(self) -> None:
        """Draw the icons anew, a few an event: all at once would be felt."""
        self._untinted = list(self._specs)
        self._tint_timer.start()

    def _tint_some(self) -> None:
        some, self._untinted = self._untinted[:ICONS_AN_EVENT], self._untinted[ICONS_AN_EVENT:]
        self._tint(some)
        if not self._untinted:
            self._tint_timer.stop()

    def _tint(self, keys: Iterable[str]) -> None:
        for key in keys:
            icon = self._faces.get(key, self._specs[key].icon)
            if icon:
                self._actions[key].setIcon(self._theme.icon(icon))


def _with_keys(tooltip: str, action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tooltip} ({keys})" if keys else tooltip
