"""Overlays and zoom of the video panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from l3rocc_studio.model.frame_overlay import OverlayChoice, OverlayFill
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.picture import FILL_KEYS
from l3rocc_studio.ui.overlays.menu import OverlayMenu

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

ZOOM_STEP = 1.5
NO_DEPTH = N_("A dataset folder keeps no depth; process its source to see it.")


class Overlays:
    """What is laid over the video; remembered from one start to the next."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._panel = panel = studio.window.rgb_panel
        self._actions, self._settings = studio.actions, studio.settings
        session = studio.session
        on = studio.actions.on
        for fill, key in FILL_KEYS.items():
            on(key, partial(self._toggle_fill, fill))
        on("overlay_path", self._toggle_path)
        on("picture_zoom_in", partial(panel.view.zoom_by, ZOOM_STEP))
        on("picture_zoom_out", partial(panel.view.zoom_by, 1 / ZOOM_STEP))
        on("picture_fit", panel.view.fit)
        on("picture_actual", panel.view.show_actual_size)
        for key in (FILL_KEYS[OverlayFill.DEPTH], FILL_KEYS[OverlayFill.CONFIDENCE]):
            studio.permissions.add_rule(key, lambda: "" if session.run and session.run.point_maps else NO_DEPTH)
        self.menu = OverlayMenu(studio.actions, panel)
        self.menu.opacity_chosen.connect(self._set_opacity)
        panel.add_header_button(self.menu)
        self._choice = OverlayChoice(
            fill=_fill_of(self._settings.overlay_fill), has_path=self._settings.has_overlay_path
        )
        self.menu.slider.setValue(round(100 * self._settings.overlay_opacity))
        panel.view.set_opacity(self._settings.overlay_opacity)
        self._disconnect = session.run_changed.connect(self._take_run)
        studio.theme.changed.connect(self._tint)
        self._tint()
        self._show()

    @property
    def choice(self) -> OverlayChoice:
        """What is chosen."""
        return self._choice

    def shut_down(self) -> None:
        """Stop listening; threads are the presenter's."""
        self._studio.theme.changed.disconnect(self._tint)
        self._disconnect()

    def _take_run(self) -> None:
        run = self._studio.session.run
        self._panel.unit = "" if run is None else "m" if run.scale.is_metric else tr("units")
        self._studio.presenter.set_overlays(run)
        self._studio.presenter.refresh()

    def _toggle_fill(self, fill: OverlayFill) -> None:
        self._choose(OverlayChoice(fill=OverlayFill.NONE if self._choice.fill is fill else fill, has_path=self._path))

    def _toggle_path(self) -> None:
        self._choose(OverlayChoice(fill=self._choice.fill, has_path=not self._path))

    @property
    def _path(self) -> bool:
        return self._choice.has_path

    def _choose(self, choice: OverlayChoice) -> None:
        self._choice = choice
        self._settings.overlay_fill, self._settings.has_overlay_path = choice.fill.value, choice.has_path
        self._show()

    def _show(self) -> None:
        for fill, key in FILL_KEYS.items():
            self._actions[key].setChecked(fill is self._choice.fill)
        self._actions["overlay_path"].setChecked(self._choice.has_path)
        self._studio.presenter.choose_overlay(self._choice)

    def _set_opacity(self, opacity: float) -> None:
        self._settings.overlay_opacity = opacity
        self._panel.view.set_opacity(opacity)

    def _tint(self) -> None:
        self.menu.setIcon(self._studio.theme.icon("layers"))


def _fill_of(name: str) -> OverlayFill:
    """A remembered choice; an unknown one means none."""
    return next((fill for fill in OverlayFill if fill.value == name), OverlayFill.NONE)
