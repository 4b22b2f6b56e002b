"""What was open when the program ended unexpectedly, offered once at the next start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from l3rocc_studio.services.project_file import Recovery, RecoveryFolder
from l3rocc_studio.ui.project.recovery_bar import RecoveryBar

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


class RecoveryOffer:
    """A bar on the start page, if there is something to recover.

    Parameters
    ----------
    studio
        The window.
    folder
        Where it would be.
    restore
        Brings it back.
    """

    def __init__(self, studio: Studio, folder: RecoveryFolder, restore: Callable[[Recovery], object]) -> None:
        self._start_page = studio.window.start_page
        self._restore = restore
        self._recovery = folder.left_behind()
        self.bar: RecoveryBar | None = None
        if self._recovery is not None:
            self.bar = RecoveryBar(self._recovery, studio.theme, studio.window)
            self.bar.restore_wanted.connect(self._take)
            self.bar.discard_wanted.connect(self._end)
            self._start_page.show_notice(self.bar)

    def _take(self) -> None:
        recovery = self._end()
        if recovery is not None:
            self._restore(recovery)

    def _end(self) -> Recovery | None:
        """Nothing is offered any more, nor at the next start."""
        recovery, self._recovery = self._recovery, None
        if self.bar is not None:
            self._start_page.show_notice(None)
            self.bar.deleteLater()
            self.bar = None
        if recovery is not None:
            recovery.file.unlink(missing_ok=True)
        return recovery
