"""Saves, recalls, copies and pastes views."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.saved_view import SavedView, ViewPanel, views_from_text, views_to_text
from l3rocc_studio.model.saved_views import SavedViews
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.panels.scene_panel import ScenePanel
from l3rocc_studio.ui.views.thumbnail import thumbnail_png


class ViewKeeper(QObject):
    """Between the panels' cameras, the list of views and the clipboard.

    Signals
    -------
    refused (str, InputError)
        What was being done and why it cannot be.
    said (str)
        What was done.
    turned_to (int)
        The view of this number in the list is the one that is looked from now.
    """

    refused = Signal(str, object)
    said = Signal(str)
    turned_to = Signal(int)

    def __init__(self, window: MainWindow, views: SavedViews) -> None:
        super().__init__(window)
        self._views = views
        self.panels: dict[ViewPanel, ScenePanel] = {
            ViewPanel.CLOUD: window.cloud_panel,
            ViewPanel.OCCUPANCY: window.occupancy_panel,
        }
        self._wants_thumbnail: SavedView | None = None
        for panel in self.panels.values():
            panel.painted.connect(self._picture_recalled)

    def save(self, of_panel: ViewPanel = ViewPanel.CLOUD) -> None:
        """Keep where a panel looks from."""
        view = self._view_of(of_panel, self._views.free_name())
        if view is None:
            return
        try:
            self._views.add([view])
        except InputError as error:
            self.refused.emit(tr("Saving the view"), error)
            return
        self.turned_to.emit(len(self._views.items) - 1)
        self.said.emit(tr("Saved the view “{name}”").format(name=view.name))

    def update(self, index: int) -> None:
        """Let a view show what its panel shows now."""
        old = self._views.items[index]
        view = self._view_of(old.panel, old.name)
        if view is not None:
            self._views.replace(index, view)

    def recall(self, index: int) -> None:
        """Look from a view."""
        if index >= len(self._views.items):
            return
        view = self._views.items[index]
        self._wants_thumbnail = None if view.thumbnail_png else view
        self.panels[view.panel].look_from(view.pose)
        self.turned_to.emit(index)
        self.said.emit(tr("View “{name}”").format(name=view.name))

    def copy(self, index: int) -> None:
        """Put a view on the clipboard as JSON."""
        view = self._views.items[index]
        QGuiApplication.clipboard().setText(views_to_text([view]))
        self.said.emit(tr("Copied the view “{name}” as JSON").format(name=view.name))

    def copy_camera(self, of_panel: ViewPanel) -> None:
        """Put the camera of a panel on the clipboard as JSON, with the clipping range in use."""
        scene = self.panels[of_panel].scene
        if scene is not None:
            same = (
                item for item in self._views.items if item.panel is of_panel and _is_at(scene.kept_pose(), item.pose)
            )
            saved = next(same, None)
            name = self._views.free_name() if saved is None else saved.name
            view = SavedView(name=name, pose=scene.camera_pose(), panel=of_panel)
            QGuiApplication.clipboard().setText(views_to_text([view]))
            self.said.emit(tr("Copied the camera as JSON"))

    def paste(self) -> None:
        """Add the views on the clipboard and look from the first."""
        try:
            views = views_from_text(QGuiApplication.clipboard().text())
            first = len(self._views.items)
            self._views.add_copies(views)
        except InputError as error:
            self.refused.emit(tr("Pasting views"), error)
            return
        self.recall(first)

    def _view_of(self, of_panel: ViewPanel, name: str) -> SavedView | None:
        panel = self.panels[of_panel]
        if panel.scene is None or panel.view is None:
            return None
        pose = panel.scene.kept_pose()
        return SavedView(name=name, pose=pose, panel=of_panel, thumbnail_png=thumbnail_png(panel.view))

    def _picture_recalled(self) -> None:
        """A view that came without a picture gets one once it is drawn in full."""
        view = self._wants_thumbnail
        if view is None:
            return
        panel = self.panels[view.panel]
        if panel.scene is None or panel.is_coarse or not _is_at(panel.scene.camera_pose(), view.pose):
            return
        self._wants_thumbnail = None
        # Not from within the painting, as reading the picture paints.
        QTimer.singleShot(0, self, lambda: self._take(view, panel))

    def _take(self, view: SavedView, panel: ScenePanel) -> None:
        if panel.view is not None and view in self._views.items:
            self._views.set_thumbnail(self._views.items.index(view), thumbnail_png(panel.view))


def _is_at(pose: CameraPose, wanted: CameraPose) -> bool:
    """Whether a camera has arrived where it was sent."""
    near = 1e-6 * math.dist(wanted.position, wanted.focal_point)
    return math.dist(pose.position, wanted.position) < near and math.dist(pose.focal_point, wanted.focal_point) < near
