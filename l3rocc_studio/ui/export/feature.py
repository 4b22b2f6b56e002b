"""Opens the export dialog, follows what is chosen in it, and shows what runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.export_request import ExportFormat, ExportRequest
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.export.export_dialog import ExportDialog, replaces, with_overwrite
from l3rocc_studio.ui.export.exports_list import ExportsButton, ExportsPopup
from l3rocc_studio.ui.export.forecast_text import forecast_text
from l3rocc_studio.ui.film import preview_height_px, start_preview
from l3rocc_studio.ui.panels.rgb_panel import image_from_rgb
from l3rocc_studio.ui.source_folder import folder_beside

if TYPE_CHECKING:
    from l3rocc_studio.model.film_spec import FilmSpec
    from l3rocc_studio.render.film_costs import FilmCosts
    from l3rocc_studio.render.film_preview import PreviewProcess
    from l3rocc_studio.ui.studio import Studio

SETTLE_MS = 350
"""Choices are followed when nothing was changed for so long."""
ACTION_FORMATS = {
    "export": None,
    "export_film": ExportFormat.FILM,
    "export_lerobot": ExportFormat.LEROBOT,
    "export_interndata": ExportFormat.INTERNDATA,
    "export_cloud": ExportFormat.PLY,
}


class Exporting:
    """The export dialog and the list of exports."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        window, exports = studio.window, studio.session.exports
        self.dialog: ExportDialog | None = None
        self.forecasting, self.previewing, self.probing = Job(studio), Job(studio), Job(studio)
        self._costs: tuple[FilmSpec, FilmCosts] | None = None
        self.probing.succeeded.connect(self._take_costs)
        self.forecasting.succeeded.connect(self._show_forecast)
        self.forecasting.failed.connect(lambda error: self._show_forecast(retell(error.message)))
        self.previewing.succeeded.connect(self._show_preview)
        self.previewing.failed.connect(self._preview_failed)
        for job in self._looking:
            job.finished.connect(self._go_on)
        # Made, used and closed by workers, one after the other.
        self._drawer: PreviewProcess | None = None
        self.closing = Job(studio)
        self.closing.finished.connect(self._go_on)
        self._is_stale = False
        self._settle = QTimer(window)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._follow)
        self.popup = ExportsPopup(studio.theme, window)
        self.button = ExportsButton(exports, self.popup, studio.theme, window)
        window.statusBar().addPermanentWidget(self.button)
        self.popup.cancel_wanted.connect(studio.exporter.cancel)
        self.popup.retry_wanted.connect(studio.exporter.retry)
        self.popup.forget_wanted.connect(exports.forget)
        self.popup.clear_wanted.connect(exports.forget_ended)
        for key, form in ACTION_FORMATS.items():
            studio.actions.on(key, partial(self.open, form))

    def open(self, form: ExportFormat | None = None) -> None:
        """Show the dialog, at a format."""
        studio, run = self._studio, self._studio.session.run
        if run is None or self.dialog is not None:
            return
        in_out = studio.session.selected_run_frames
        folder = Path(studio.settings.folder("export", folder_beside(run.source)))
        words = studio.settings.dataset_words
        dialog = ExportDialog(run.source.name, folder, run.num_frames, in_out, studio.theme, studio.window, words)
        cloud, occupancy = (panel.scene for panel in studio.window.scene_panels)
        dialog.film_page.picture.set_views(
            cloud.camera_pose() if cloud is not None else None,
            occupancy.camera_pose() if occupancy is not None else None,
        )
        dialog.film_page.preview_frame.set_frames(
            run.num_frames, studio.session.run_frame(studio.session.timeline.current) or 0
        )
        dialog.film_page.picture.set_looks(studio.session.looks.value)
        dialog.film_page.picture.set_keyframes(studio.session.run_view_keyframes)
        dialog.edited.connect(self._edited)
        dialog.export_wanted.connect(self._export)
        dialog.finished.connect(lambda _code: self._closed(dialog))
        self.dialog = dialog
        if form is not None:
            dialog.choose(form)
        dialog.open()
        self._edited()

    def shut_down(self) -> None:
        """Stop what runs and close."""
        self._settle.stop()
        for job in self._looking:
            job.cancel()
        if self._drawer is not None:
            self._drawer.close()  # what waits for it need not wait any longer
        for job in self._looking:
            job.shut_down()
        self.button.shut_down()
        if self.dialog is not None:
            self.dialog.reject()
        self.closing.shut_down()
        if self._drawer is not None:
            self._drawer.close()

    def _closed(self, dialog: ExportDialog) -> None:
        self.dialog = None
        self._settle.stop()
        for job in self._looking:
            job.cancel()
        self._stop_drawing()
        dialog.deleteLater()

    def _stop_drawing(self) -> None:
        """End the drawing process, off the GUI thread: it may be in the middle of a picture."""
        if self._drawer is not None and not self.closing.is_running:
            drawer, self._drawer = self._drawer, None
            self.closing.start(lambda _events, _cancel: drawer.close())

    def _export(self, request: ExportRequest) -> None:
        studio, dialog = self._studio, self.dialog
        if dialog is None:
            return
        if replaces(request):
            if not wants_to_replace(request.out.name, dialog):
                return
            request = with_overwrite(request)
        studio.settings.set_folder("export", request.out.parent)
        if request.format in (ExportFormat.LEROBOT, ExportFormat.INTERNDATA):
            studio.settings.dataset_words = request.dataset
        dialog.accept()
        studio.exporter.start(request)

    def _edited(self) -> None:
        self._is_stale = True
        self._settle.start()
        for job in self._looking:
            job.cancel()

    @property
    def _looking(self) -> tuple[Job, ...]:
        """What looks ahead for the dialog."""
        return self.forecasting, self.previewing, self.probing

    def _go_on(self) -> None:
        if self.dialog is not None and not self.previewing.is_running and not self._is_stale:
            self.dialog.film_page.preview.set_busy(is_busy=False)
        if self.dialog is None:
            self._stop_drawing()  # it may have been started while the dialog closed
        elif not self._is_stale:
            self._probe()
        elif not self._settle.isActive():
            self._follow()

    def _follow(self) -> None:
        """Ask for forecast and preview of what is chosen now; both may take a while, off the GUI thread."""
        dialog, run = self.dialog, self._studio.session.run
        if dialog is None or run is None or self.forecasting.is_running:
            return
        if dialog.format is ExportFormat.FILM and (self.previewing.is_running or self.probing.is_running):
            return
        self._is_stale = False
        if dialog.why_not():
            dialog.say_forecast("")
            dialog.film_page.preview.set_busy(is_busy=False)
            return
        request = dialog.request()
        costs = self._known_costs(request.film)
        self.forecasting.start(lambda _events, _cancel: forecast_text(run, request, costs))
        if request.format is ExportFormat.FILM:
            self._preview(request)

    def _preview(self, request: ExportRequest) -> None:
        session, film = self._studio.session, request.film
        location, run = session.run_location, session.run
        if location is None or run is None or film is None or self.dialog is None:
            return
        frame_idx = self.dialog.film_page.preview_frame_idx

        room = self.dialog.film_page.preview.room_px
        room_px = room.width(), room.height()

        def work(_events: EventSink, cancel: CancelToken) -> object:
            if self._drawer is None:
                self._drawer = start_preview(location)
            cancel.check()
            return on_checkerboard(self._drawer.picture(film, frame_idx, preview_height_px(run, film, room_px)))

        preview = self.dialog.film_page.preview
        preview.set_busy(is_busy=True)
        if preview.pixmap().isNull():
            preview.show_text(tr("Drawing a preview…"))
        self.previewing.start(work)

    def _probe(self) -> None:
        """Once the preview is there, make some pictures of the film to see what it costs, unless that is known."""
        dialog, drawer = self.dialog, self._drawer
        if dialog is None or drawer is None or dialog.format is not ExportFormat.FILM or dialog.why_not():
            return
        film = dialog.request().film
        if film is None or any(job.is_running for job in self._looking) or self._known_costs(film) is not None:
            return
        self.probing.start(lambda _events, cancel: (film, drawer.costs(film, cancel)))

    def _known_costs(self, film: FilmSpec | None) -> FilmCosts | None:
        return self._costs[1] if self._costs is not None and self._costs[0] == film else None

    def _take_costs(self, result: object) -> None:
        self._costs = cast("tuple[FilmSpec, FilmCosts]", result)
        dialog, run = self.dialog, self._studio.session.run
        is_free = not self._is_stale and not self.forecasting.is_running
        if dialog is not None and run is not None and is_free and not dialog.why_not():
            request, costs = dialog.request(), self._costs[1]
            if request.film == self._costs[0]:
                self.forecasting.start(lambda _events, _cancel: forecast_text(run, request, costs))

    def _show_forecast(self, text: object) -> None:
        if self.dialog is not None:
            self.dialog.say_forecast(str(text))

    def _show_preview(self, picture: object) -> None:
        if self.dialog is not None:
            self.dialog.film_page.preview.show_image(image_from_rgb(picture))  # type: ignore[arg-type]

    def _preview_failed(self, error: L3roccError) -> None:
        if self.dialog is not None:
            self.dialog.film_page.preview.show_text(retell(f"{error.message} {error.hint}"))


def wants_to_replace(name: str, parent: QWidget) -> bool:
    """Ask whether what is there may go; Enter and Esc keep it."""
    question = QMessageBox(parent)
    question.setWindowTitle(tr("Replace"))
    question.setIcon(QMessageBox.Icon.Question)
    question.setText(tr("{name} already exists. Replace it?").format(name=name))
    replace = question.addButton(tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = question.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    question.setDefaultButton(cancel)
    question.setEscapeButton(cancel)
    question.exec()
    is_wanted = question.clickedButton() is replace
    question.deleteLater()
    return is_wanted


def on_checkerboard(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (H, W, 3 or 4) as (H, W, 3): what is transparent shows the pattern that picture editors use for it."""
    if picture.shape[2] == 3:
        return picture
    rows, columns = np.indices(picture.shape[:2]) // 12
    board = np.where((rows + columns) % 2 == 0, 255, 215)[..., None]
    alpha = picture[..., 3:] / 255.0
    return np.asarray(picture[..., :3] * alpha + board * (1.0 - alpha), np.uint8)
