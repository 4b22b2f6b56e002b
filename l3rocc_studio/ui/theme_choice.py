"""Dark, light or as the system: what a person chose, in the settings, on the screen and ticked in the menu."""

from __future__ import annotations

from functools import partial

from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.theme import THEME_NAMES, Theme


class ThemeChoice:
    """Follows the menu's actions."""

    def __init__(self, theme: Theme, settings: StudioSettings, actions: ActionSet) -> None:
        self._theme, self._settings, self._actions = theme, settings, actions
        for name in THEME_NAMES:
            actions.on(f"theme_{name}", partial(self.choose, name))
        self._tick()

    def choose(self, name: str) -> None:
        """Change the theme and remember it."""
        self._settings.theme = name
        self._theme.choose(name)
        self._tick()

    def _tick(self) -> None:
        for name in THEME_NAMES:
            self._actions[f"theme_{name}"].setChecked(name == self._theme.choice)
