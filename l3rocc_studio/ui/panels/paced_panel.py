"""A panel that shows less of each frame while there is no time for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from l3rocc_studio.ui.panels.panel import Panel

if TYPE_CHECKING:
    from l3rocc_studio.render.detail import Detail

SLOW_S = 0.06
"""A camera that turns by itself is drawn coarsely if a picture takes longer than this."""
PASSING_S = 0.03
"""A frame that takes longer than this to make ready and draw in full is drawn coarsely while time moves."""


class PacedPanel(Panel):
    """Weighs speed against detail.

    Frames pass by coarsely under a hand on the playhead, and wherever they would take long in full; so they do while
    the camera moves.

    Signals
    -------
    detail_changed
        The wanted detail changed: the current frame should be shown again.
    """

    detail_changed = Signal()

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty_text, parent)
        self._has_run = False
        self._is_scrubbing = self._is_playing = self._is_hurried = False
        self._is_moving = self._is_orbit_slow = self._is_adjusting = False
        self._full_render_s = self._full_preparation_s = 0.0

    @property
    def has_run(self) -> bool:
        """Whether a run is shown."""
        return self._has_run

    @property
    def is_coarse(self) -> bool:
        """Whether speed counts more than detail now."""
        is_shown_shortly = self._is_playing or self._is_hurried
        is_passing = (self._is_scrubbing and self._is_hurried) or (is_shown_shortly and self.is_slow)
        return is_passing or self.is_moving

    @property
    def is_slow(self) -> bool:
        """Whether a frame in full takes too long for one that passes by."""
        return self._full_render_s + self._full_preparation_s > PASSING_S

    @property
    def is_moving(self) -> bool:
        """Whether the camera moves and is drawn coarsely meanwhile."""
        return self._is_moving or self._is_orbit_slow

    @property
    def detail(self) -> Detail:
        """How much to draw now."""
        from l3rocc_studio.render.detail import Detail

        return Detail.COARSE if self.is_coarse else Detail.FULL

    def set_scrubbing(self, is_scrubbing: bool) -> None:
        """A person drags the playhead, or lets go."""
        was_coarse = self.is_coarse
        self._is_scrubbing = is_scrubbing
        self._tell_detail(was_coarse=was_coarse)

    def set_hurried(self, is_hurried: bool) -> None:
        """Frames pass by, of which the next follows at once, or one stays."""
        was_coarse = self.is_coarse
        self._is_hurried = is_hurried
        if not is_hurried:
            self._tell_detail(was_coarse=was_coarse)

    def set_adjusting(self, is_adjusting: bool) -> None:
        """A person drags a slider that changes the look, or lets go."""
        was_coarse = self.is_coarse
        self._is_adjusting = is_adjusting
        self._tell_detail(was_coarse=was_coarse)

    def set_playing(self, is_playing: bool) -> None:
        """Time moves by itself, or stops."""
        was_coarse = self.is_coarse
        self._is_playing = is_playing
        self._tell_detail(was_coarse=was_coarse)

    def note_preparation(self, seconds: float) -> None:
        """A full frame was waited for so long."""
        self._full_preparation_s = seconds

    def _note_drawing(self, seconds: float, *, is_orbiting: bool) -> None:
        """A picture took so long; an orbit that is slow goes on coarsely."""
        if not self.is_coarse:
            self._full_render_s = seconds
            if seconds > SLOW_S and is_orbiting:
                self._is_orbit_slow = True
                self._tell_detail(was_coarse=False)

    def _forget_times(self) -> None:
        """What is shown is another run."""
        self._full_render_s = self._full_preparation_s = 0.0

    def _set_moving(self, is_moving: bool) -> None:
        was_coarse = self.is_coarse
        self._is_moving = is_moving
        self._tell_detail(was_coarse=was_coarse)

    def _gliding_changed(self, is_gliding: bool) -> None:
        if self._has_run and self.is_coarse is is_gliding:
            self.detail_changed.emit()

    def _orbiting_changed(self, is_orbiting: bool) -> None:
        if not is_orbiting:
            was_coarse, self._is_orbit_slow = self.is_coarse, False
            self._tell_detail(was_coarse=was_coarse)

    def _tell_detail(self, *, was_coarse: bool) -> None:
        if self._has_run and was_coarse != self.is_coarse:
            self.detail_changed.emit()
