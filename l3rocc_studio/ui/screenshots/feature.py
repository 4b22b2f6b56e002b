"""Takes pictures of panels and of the window, for files and for the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from l3rocc_engine.errors import L3roccError, OutputError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.panels.panel import Panel
from l3rocc_studio.ui.screenshots.dialog import ScreenshotDialog, ShotSpec, Subject
from l3rocc_studio.ui.screenshots.painting import GAP_PX, panel_picture, side_by_side, window_picture
from l3rocc_studio.ui.source_folder import folder_beside

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

FOLDER = "screenshots"
NOT_LOADED = N_("The 3D view is not loaded yet.")


class Screenshots:
    """Opens the dialog and does what it asks; pictures are encoded and written in a thread."""

    def __init__(self, studio: Studio) -> None:
        self._window, self._settings, self._messages = studio.window, studio.settings, studio.messages
        self._session = studio.session
        self._spec = ShotSpec()
        self.dialog: ScreenshotDialog | None = None
        self._writing = Job(studio.window)
        self._writing.succeeded.connect(lambda path: self._say(tr("Saved {path}").format(path=path)))
        self._writing.failed.connect(self._fail)
        studio.actions.on("screenshot", self.open)

    def shut_down(self) -> None:
        """Close the dialog, wait for the file."""
        if self.dialog is not None:
            self.dialog.reject()
        self._writing.shut_down()

    def open(self) -> None:
        """Ask what to take."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        dialog = ScreenshotDialog(self._spec, self._sizes(), self._refusals(), self._window)
        dialog.save_wanted.connect(self._ask_for_file)
        dialog.copy_wanted.connect(self.copy)
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def take(self, spec: ShotSpec) -> QImage | None:
        """The picture; drawing it may take a second or two on a machine without a graphics card."""
        window, panels = self._window, self._panels()
        self._spec = spec
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            if spec.subject is Subject.WINDOW:
                return window_picture(window, spec.scale)
            if spec.subject is not Subject.PANELS:
                return panel_picture(panels[spec.subject], spec.scale, is_transparent=spec.is_transparent)
            pictures = [
                panel_picture(panel, spec.scale, is_transparent=spec.is_transparent) for panel in panels.values()
            ]
            drawn = [picture for picture in pictures if picture is not None]
            return side_by_side(drawn, spec.scale, is_transparent=spec.is_transparent, behind=window)
        finally:
            QGuiApplication.restoreOverrideCursor()

    def copy(self, spec: ShotSpec) -> None:
        """Put the picture on the clipboard."""
        picture = self.take(spec)
        if picture is not None:
            QGuiApplication.clipboard().setImage(picture)
            self._say(
                tr("Copied a picture of {width} × {height} pixels").format(
                    width=picture.width(), height=picture.height()
                )
            )

    def save(self, spec: ShotSpec, path: Path) -> None:
        """Write the picture as a PNG."""
        picture = self.take(spec)
        if picture is None or self._writing.is_running:
            return

        def write(_events: EventSink, _cancel: CancelToken) -> object:
            if not picture.save(str(path)):
                raise OutputError(f"The picture {path} cannot be written.", "Choose another folder and end it in .png.")
            return path

        self._settings.set_folder(FOLDER, path.parent)
        self._writing.start(write)

    def _ask_for_file(self, spec: ShotSpec) -> None:
        name = "l3rocc-studio" if self._session.source is None else self._session.source.name
        suggestion = (
            Path(self._settings.folder(FOLDER, folder_beside(self._session.source)))
            / f"{name}-{spec.subject.value}.png"
        )
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the picture"), str(suggestion), tr("Pictures (*.png)")
        )
        if chosen:
            self.save(spec, Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(".png"))

    def _panels(self) -> dict[Subject, Panel]:
        window = self._window
        return {
            Subject.VIDEO: window.rgb_panel,
            Subject.CLOUD: window.cloud_panel,
            Subject.OCCUPANCY: window.occupancy_panel,
        }

    def _sizes(self) -> dict[Subject, QSize]:
        """Sizes at the screen's scale."""
        window = self._window
        sizes = {
            subject: QSize(*panel.view.size_px) if panel.view is not None else QSize()
            for subject, panel in (
                (Subject.CLOUD, window.cloud_panel),
                (Subject.OCCUPANCY, window.occupancy_panel),
            )
        }
        video = window.rgb_panel.view
        sizes[Subject.VIDEO] = video.target_rect().toAlignedRect().size() if video.image else video.size()
        height = max(size.height() for size in sizes.values())
        widths = (round(size.width() * height / max(size.height(), 1)) for size in sizes.values())
        sizes[Subject.PANELS] = QSize(sum(widths) + 2 * GAP_PX, height)
        sizes[Subject.WINDOW] = window.size()
        return sizes

    def _refusals(self) -> dict[Subject, str]:
        if self._session.source is None:
            return dict.fromkeys(
                (Subject.CLOUD, Subject.OCCUPANCY, Subject.VIDEO, Subject.PANELS), tr("Nothing is open.")
            )
        if any(panel.view is None for panel in self._window.scene_panels):
            return dict.fromkeys((Subject.CLOUD, Subject.OCCUPANCY, Subject.PANELS), tr(NOT_LOADED))
        return {}

    def _say(self, text: str) -> None:
        self._window.say(text)
        if self.dialog is not None:
            self.dialog.say(text)

    def _fail(self, error: L3roccError) -> None:
        self._messages.show_error(tr("Saving the picture"), error)

    def _forget(self, dialog: ScreenshotDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
