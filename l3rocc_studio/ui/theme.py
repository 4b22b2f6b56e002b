"""Dark and light look: one style sheet, two sets of colours, following the system unless told otherwise."""

from __future__ import annotations

import json
import re

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from l3rocc_studio.model.resource import resource_text
from l3rocc_studio.ui.icons import icon_svg, tinted_icon
from l3rocc_studio.ui.resource_tree import hold_files

THEME_NAMES = ("system", "dark", "light")
_TOKEN = re.compile(r"@([a-z_]+)")
_SHEET_ICONS = {
    "icon_up": ("chevron-up", "text_dim"),
    "icon_down": ("chevron-down", "text_dim"),
    "icon_close": ("close", "text_dim"),
    "icon_float": ("float", "text_dim"),
    "icon_more": ("more", "text"),
    "icon_check": ("check", "on_accent"),
}
"""Icons that the style sheet takes by path, by their token there, and the colours they are tinted in."""


def theme_colors(name: str) -> dict[str, str]:
    """Colours of ``"dark"`` or ``"light"`` by token."""
    colors: dict[str, str] = json.loads(resource_text("themes", f"{name}.json"))
    return colors


class Theme(QObject):
    """Applies a look to the application and makes icons that fit it.

    Signals
    -------
    changed
        After another look was applied: icons and canvases need new colours.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice if choice in THEME_NAMES else "system"
        self._name = ""
        self.colors: dict[str, str] = {}
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def choice(self) -> str:
        """What the person chose: ``system``, ``dark`` or ``light``."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """Whether the applied look is dark."""
        return self._name == "dark"

    def choose(self, choice: str) -> None:
        """Follow the system, or hold one look."""
        self._choice = choice
        self._apply()

    def icon(self, name: str, token: str = "text") -> QIcon:
        """An icon in one of the theme's colours."""
        return tinted_icon(name, self.colors[token], self.colors["text_off"])

    def color(self, token: str) -> QColor:
        """A colour by token."""
        return QColor(self.colors[token])

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._apply()

    def _wanted(self) -> str:
        if self._choice != "system":
            return self._choice
        is_light = self._app.styleHints().colorScheme() == Qt.ColorScheme.Light
        return "light" if is_light else "dark"

    def _apply(self) -> None:
        name = self._wanted()
        if name == self._name:
            return
        self._name = name
        self.colors = theme_colors(name)
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _style_sheet(self) -> str:
        text = resource_text("themes", "studio.qss")
        tinted = {f"{icon}.svg": icon_svg(icon, self.colors[color]) for icon, color in _SHEET_ICONS.values()}
        folder = hold_files(f"l3rocc-{self._name}", tinted)
        images = {token: f"{folder}/{icon}.svg" for token, (icon, _color) in _SHEET_ICONS.items()}
        values = {**self.colors, **images}
        return _TOKEN.sub(lambda match: values[match.group(1)], text)

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        roles = {
            role.Window: "base",
            role.WindowText: "text",
            role.Base: "base",
            role.AlternateBase: "panel",
            role.Text: "text",
            role.Button: "raised",
            role.ButtonText: "text",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text",
            role.PlaceholderText: "text_dim",
            role.Highlight: "accent",
            role.HighlightedText: "on_accent",
            role.Link: "accent",
        }
        for target, token in roles.items():
            palette.setColor(target, self.color(token))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, self.color("text_off"))
        return palette
