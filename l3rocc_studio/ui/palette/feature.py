"""Opens the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_studio.ui.palette.command_palette import CommandPalette

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

_MAX_RECENT = 8


class Palette:
    """Every action by its name, under one key."""

    def __init__(self, studio: Studio) -> None:
        self._window, self._actions, self._settings = studio.window, studio.actions, studio.settings
        self.dialog: CommandPalette | None = None
        studio.actions.on("palette", self.open)

    def open(self) -> None:
        """Show the list."""
        recent = self._settings.recent_commands
        dialog = CommandPalette(self._actions, recent, self._window)
        dialog.finished.connect(lambda _code: self._closed(dialog, recent))
        self.dialog = dialog
        dialog.open_over(self._window)

    def shut_down(self) -> None:
        """Close the list if it is open."""
        if self.dialog is not None:
            self.dialog.reject()

    def _closed(self, dialog: CommandPalette, recent: list[str]) -> None:
        self._settings.recent_commands = recent[:_MAX_RECENT]
        self.dialog = None
        dialog.deleteLater()
