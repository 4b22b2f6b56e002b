"""Views of the 3D panels: presets, orbit, saved views, live numbers, linked cameras, enlarged panels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QToolButton

from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.view import Vector, ViewKind, as_vector
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.camera import NUM_RECALL_KEYS
from l3rocc_studio.ui.escaping import Exit
from l3rocc_studio.ui.panels.camera_mover import GLIDE_S
from l3rocc_studio.ui.panels.panel import Panel
from l3rocc_studio.ui.panels.scene_panel import ScenePanel
from l3rocc_studio.ui.views.camera_link import CameraLink
from l3rocc_studio.ui.views.enlarging import Enlarging
from l3rocc_studio.ui.views.keeping import ViewKeeper
from l3rocc_studio.ui.views.page import CLOUD_KEYS, OCCUPANCY_KEYS, ViewsPage
from l3rocc_studio.ui.views.path_pictures import PathPictures

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

OCCUPANCY_VIEWS = {
    "occupancy_behind": ViewKind.BEHIND,
    "occupancy_top": ViewKind.TOP,
    "occupancy_front": ViewKind.FRONT,
    "occupancy_side": ViewKind.SIDE,
}
LEAVE_SCREEN_URGENCY = 10
_UP_CAM: Vector = (0.0, -1.0, 0.0)


class Views:
    """Everything about where the panels look from and how large they are."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._window, self._actions, self._settings = studio.window, studio.actions, studio.settings
        session, window = studio.session, studio.window
        self.keeper = ViewKeeper(window, session.views)
        self.link = CameraLink(session, window.cloud_panel, window.occupancy_panel)
        self.enlarging = Enlarging(window)
        self.page = ViewsPage(session, studio.actions, studio.theme, window)
        window.sidebar.add_page("views", tr("Views"), "view", self.page)
        self.path_pictures = PathPictures(session, window.cloud_panel, window)
        self.path_pictures.changed.connect(self._show_path_pictures)
        self._show_path_pictures()
        self._disconnect = session.views.changed.connect(self._show_list)
        self._connect_views()
        self._connect_page()
        self._connect_enlarging()
        self._fill_headers()
        self._restore()
        self._show_list()

    def shut_down(self) -> None:
        """Stop listening; remember the arrangement."""
        self.enlarging.leave()
        self._studio.theme.changed.disconnect(self._tint)
        self._disconnect()
        self.path_pictures.shut_down()
        self.page.list.shut_down()
        self.page.path.shut_down()

    # Wiring

    def _connect_views(self) -> None:
        on, window = self._actions.on, self._window
        on("view_orbit", partial(self._orbit, window.cloud_panel, "view_orbit"))
        on("occupancy_orbit", partial(self._orbit, window.occupancy_panel, "occupancy_orbit"))
        for key, kind in OCCUPANCY_VIEWS.items():
            on(key, partial(window.occupancy_panel.set_view_kind, kind))
        window.occupancy_panel.view_changed.connect(self._show_occupancy_view)
        for panel, key in ((window.cloud_panel, "view_orbit"), (window.occupancy_panel, "occupancy_orbit")):
            panel.hosted.connect(partial(self._follow_mover, panel, key))
        on("link_cameras", lambda: self.link.set_on(is_on=self._actions["link_cameras"].isChecked()))
        on("smooth_views", self._set_smooth)
        on("save_view", self._save)
        on("copy_view", lambda: self.keeper.copy_camera(ViewPanel.CLOUD))
        on("paste_view", self.keeper.paste)
        for number in range(1, NUM_RECALL_KEYS + 1):
            on(f"recall_view_{number}", partial(self.keeper.recall, number - 1))
            self._studio.permissions.add_rule(f"recall_view_{number}", partial(self._recall_refusal, number))

    def _connect_page(self) -> None:
        page, keeper, views = self.page, self.keeper, self._studio.session.views
        keeper.refused.connect(self._studio.messages.show_error)
        keeper.said.connect(self._window.say)
        keeper.turned_to.connect(page.list.setCurrentRow)
        page.list.chosen.connect(keeper.recall)
        page.list.refused.connect(lambda error: self._studio.messages.show_error(tr("Renaming the view"), error))
        page.list.currentRowChanged.connect(lambda _row: self._allow_tools())
        page.values.follow(self._window.cloud_panel)
        page.panel.activated.connect(lambda _index: page.values.follow(self._chosen_panel()))
        page.copy_values.clicked.connect(lambda _checked=False: keeper.copy_camera(page.panel.currentData()))
        row = page.list.currentRow
        acts = {
            "update": lambda: keeper.update(row()),
            "rename": lambda: page.list.editItem(page.list.currentItem()),
            "up": lambda: views.move(row(), row() - 1),
            "down": lambda: views.move(row(), row() + 1),
            "copy": lambda: keeper.copy(row()),
            "delete": lambda: views.remove(row()),
        }
        for key, act in acts.items():
            page.tools[key].clicked.connect(lambda _checked=False, key=key, act=act: self._use_tool(key, act))
        page.orbit_speed.setValue(self._settings.orbit_speed_deg)
        page.orbit_speed.valueChanged.connect(self._set_orbit_speed)

    def _connect_enlarging(self) -> None:
        on, enlarging = self._actions.on, self.enlarging
        on("maximise", lambda: enlarging.toggle(enlarging.wanted_panel()))
        on("full_screen", enlarging.toggle_full_screen)
        on("swap_panels", enlarging.swap)
        on("step_back", self._studio.exits.leave)
        leave = Exit(is_in=lambda: enlarging.enlarged is not None, leave=enlarging.leave)
        self._studio.exits.add(LEAVE_SCREEN_URGENCY, leave)
        enlarging.changed.connect(self._show_enlarged)
        exits, permissions = self._studio.exits, self._studio.permissions
        permissions.add_rule("step_back", lambda: "" if exits.can_leave else tr("There is nothing to go back to."))

    def _fill_headers(self) -> None:
        window = self._window
        menus: tuple[tuple[ScenePanel, tuple[str, ...]], ...] = (
            (window.cloud_panel, CLOUD_KEYS[3:]),
            (window.occupancy_panel, OCCUPANCY_KEYS),
        )
        self._menu_buttons = [self._menu_button(panel, keys) for panel, keys in menus]
        for (panel, _keys), button in zip(menus, self._menu_buttons, strict=True):
            panel.add_header_button(button)
        self._enlarge_buttons = {panel: self._enlarge_button(panel) for panel in self.enlarging.panels}
        for any_panel, button in self._enlarge_buttons.items():
            any_panel.add_header_button(button)
        self._studio.theme.changed.connect(self._tint)
        self._tint()

    def _menu_button(self, panel: ScenePanel, keys: tuple[str, ...]) -> QToolButton:
        """The views of a panel that have no button of their own in its header."""
        button = QToolButton(panel)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(tr("More views of this panel"))
        button.setAccessibleName(tr("More views"))
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        menu.addActions([self._actions[key] for key in keys])
        menu.addSeparator()
        menu.addActions([self._actions[key] for key in ("fit", "link_cameras")])
        button.setMenu(menu)
        return button

    def _enlarge_button(self, panel: Panel) -> QToolButton:
        button = QToolButton(panel)
        button.setAccessibleName(tr("Enlarge this panel"))
        button.clicked.connect(lambda _checked=False: self.enlarging.toggle(panel))
        return button

    def _restore(self) -> None:
        self._actions["smooth_views"].setChecked(self._settings.has_smooth_views)
        wanted = self._settings.large_panel
        for panel in self.enlarging.panels:
            if panel.accessibleName() == wanted:
                self._window.swap_panels(panel)

    # What happens

    def _orbit(self, panel: ScenePanel, key: str) -> None:
        if not self._actions[key].isChecked():
            if panel.mover is not None:
                panel.mover.stop()
            return
        panel.orbit(self._settings.orbit_speed_deg, self._up_of(panel))

    def _up_of(self, panel: ScenePanel) -> Vector:
        frame = None if self._window.cloud_panel.scene is None else self._window.cloud_panel.scene.scene_frame
        if panel is self._window.occupancy_panel or frame is None:
            return _UP_CAM
        return as_vector(frame.up)

    def _follow_mover(self, panel: ScenePanel, key: str) -> None:
        """The panel's scene is there."""
        if panel.mover is not None:
            panel.mover.orbiting_changed.connect(self._actions[key].setChecked)
            panel.mover.glide_s = GLIDE_S if self._settings.has_smooth_views else 0.0

    def _set_smooth(self) -> None:
        self._settings.has_smooth_views = self._actions["smooth_views"].isChecked()
        for panel in self._window.scene_panels:
            if panel.mover is not None:
                panel.mover.glide_s = GLIDE_S if self._settings.has_smooth_views else 0.0

    def _set_orbit_speed(self, degrees_per_s: int) -> None:
        self._settings.orbit_speed_deg = degrees_per_s
        for panel in self._window.scene_panels:
            if panel.mover is not None and panel.mover.is_orbiting:
                panel.mover.orbit(self._up_of(panel), degrees_per_s)

    def _save(self) -> None:
        """Keep the view of the panel that was used last, if it is a 3D one."""
        panel = self.enlarging.wanted_panel()
        is_occupancy = panel is self._window.occupancy_panel
        self.keeper.save(ViewPanel.OCCUPANCY if is_occupancy else ViewPanel.CLOUD)
        self.page.list.setCurrentRow(self.page.list.count() - 1)

    def _use_tool(self, key: str, act: object) -> None:
        row = self.page.list.currentRow()
        if row < 0 or not callable(act):
            return
        act()
        if key in ("up", "down"):
            self.page.list.setCurrentRow(min(max(row + (1 if key == "down" else -1), 0), self.page.list.count() - 1))

    def _recall_refusal(self, number: int) -> str:
        return "" if number <= len(self._studio.session.views.items) else tr("No view is saved under this number.")

    # What is shown

    def _show_path_pictures(self) -> None:
        self.page.path.list.show_pictures(self.path_pictures.picture)

    def _show_list(self) -> None:
        self.page.empty.setVisible(not self._studio.session.views.items)
        self._studio.permissions.update()
        self._allow_tools()

    def _allow_tools(self) -> None:
        row, count = self.page.list.currentRow(), self.page.list.count()
        for key, button in self.page.tools.items():
            is_end = (key == "up" and row == 0) or (key == "down" and row == count - 1)
            button.setEnabled(row >= 0 and not is_end)
            reason = tr("It is already at this end.") if is_end else tr("Select a view in the list first.")
            button.setToolTip(button.accessibleName() if button.isEnabled() else reason)

    def _show_occupancy_view(self, kind: ViewKind) -> None:
        for key, listed in OCCUPANCY_VIEWS.items():
            self._actions[key].setChecked(listed is kind)

    def _show_enlarged(self) -> None:
        self._actions["maximise"].setChecked(self.enlarging.enlarged is not None)
        self._actions["full_screen"].setChecked(self.enlarging.is_full_screen)
        self._settings.large_panel = self._window.large_panel.accessibleName()
        self._studio.permissions.update()
        self._tint()

    def _tint(self) -> None:
        for button in self._menu_buttons:
            button.setIcon(self._studio.theme.icon("chevron-down"))
        for panel, button in self._enlarge_buttons.items():
            is_enlarged = self.enlarging.enlarged is panel
            button.setIcon(self._studio.theme.icon("restore" if is_enlarged else "maximise"))
            button.setToolTip(tr("Back to all panels (Esc)") if is_enlarged else tr("Enlarge this panel (F10)"))

    def _chosen_panel(self) -> ScenePanel:
        return self.keeper.panels[self.page.panel.currentData()]
