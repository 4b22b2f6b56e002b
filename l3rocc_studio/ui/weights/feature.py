"""Runs what the weights dialog asks for; a download goes on while the dialog is closed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import StageStatus
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.weights_service import Verified, WeightsService, WeightsStatus
from l3rocc_studio.ui.bridge import Job, Work
from l3rocc_studio.ui.weights.weights_dialog import WeightsDialog, suggested_folder

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


LOOK_AGAIN_MS = 1000


class Weights:
    """The weights dialog and its jobs."""

    def __init__(self, studio: Studio, service: WeightsService | None = None) -> None:
        self._window, self._settings, self._permissions = studio.window, studio.settings, studio.permissions
        self.service = service or WeightsService()
        self.dialog: WeightsDialog | None = None
        self._status: WeightsStatus | None = None
        self._done_text = self._stopped_text = ""
        self.job = Job(studio)
        self._glance = Job(studio)
        self._glance.succeeded.connect(self._show_status)
        self.job.progressed.connect(self._progressed)
        self.job.succeeded.connect(self._succeeded)
        self.job.failed.connect(self._failed)
        self.job.cancelled.connect(lambda: self._end(self._stopped_text))
        self.job.finished.connect(self._finished)
        self._look_again = QTimer(studio)
        self._look_again.setSingleShot(True)
        self._look_again.setInterval(LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self._look)
        studio.actions.on("weights", self.open)

    def open(self) -> None:
        """Show the dialog, also while something runs."""
        if self.dialog is None:
            self.dialog = self._make_dialog()
        self.dialog.show_busy(is_busy=self.job.is_running)
        self.dialog.open()
        self._look()

    def shut_down(self) -> None:
        """Stop; an unfinished download is kept."""
        self._look_again.stop()
        for job in (self.job, self._glance):
            job.shut_down()
        if self.dialog is not None:
            self.dialog.close()

    def _make_dialog(self) -> WeightsDialog:
        dialog = WeightsDialog(self._window)
        dialog.download_wanted.connect(self._download)
        dialog.file_wanted.connect(self._ask_for_file)
        dialog.verify_wanted.connect(self._verify)
        dialog.remove_wanted.connect(self._remove)
        dialog.cancel_wanted.connect(self.job.cancel)
        dialog.accepted_terms.toggled.connect(self._note_terms)
        return dialog

    def _look(self) -> None:
        """Look at the disk, off the GUI thread: a network folder may take its time."""
        if not self._glance.is_running:
            self._glance.start(lambda _events, _cancel: self.service.status())

    def _show_status(self, status: WeightsStatus) -> None:
        self._status = status
        if self.dialog is not None:
            self.dialog.show_status(status, is_accepted=self._settings.are_weights_terms_accepted)
            if self.dialog.is_waiting:
                self._look_again.start()

    def _note_terms(self, is_accepted: bool) -> None:
        self._settings.are_weights_terms_accepted = is_accepted

    def _download(self) -> None:
        url, sha256 = self._typed()
        self._start(
            tr("Asking the server…"),
            tr("The weights are installed."),
            tr("Stopped. The downloaded part is kept."),
            lambda events, cancel: self.service.download(url, sha256, events=events, cancel=cancel),
        )

    def _ask_for_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Choose model.safetensors"),
            str(suggested_folder(self._status)),
            tr("Weights (*.safetensors)"),
        )
        if chosen:
            self.add(Path(chosen))

    def add(self, file: Path) -> None:
        """Take a file from elsewhere."""
        _, sha256 = self._typed()
        self._start(
            tr("Checking the file…"),
            tr("The file was copied."),
            tr("Stopped. Nothing was copied."),
            lambda events, cancel: self.service.add(file, sha256, events=events, cancel=cancel),
        )

    def _verify(self) -> None:
        _, sha256 = self._typed()
        self._start(
            tr("Reading the file…"),
            tr("The file is intact."),
            tr("Stopped before the end of the file."),
            lambda events, cancel: self.service.verify(sha256, events=events, cancel=cancel),
        )

    def _remove(self) -> None:
        self._start(tr("Removing…"), tr("Removed."), "", lambda _events, _cancel: self.service.remove())

    def _typed(self) -> tuple[str, str]:
        dialog = self.dialog
        return (dialog.url.text().strip(), dialog.sha256.text().strip()) if dialog else ("", "")

    def _start(self, begin_text: str, done_text: str, stopped_text: str, work: Work) -> None:
        if self.job.is_running or self.dialog is None:
            return
        self._done_text, self._stopped_text = done_text, stopped_text
        self.dialog.show_busy(is_busy=True, text=begin_text)
        self.job.start(work)

    def _progressed(self, status: StageStatus) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(status)

    def _succeeded(self, result: object) -> None:
        text = self._done_text
        if isinstance(result, Verified):
            text = _verified_text(text, result)
        elif isinstance(result, int):
            text = tr("{text} {readable_size} freed.").format(text=text, readable_size=readable_size(result))
        self._end(text)

    def _failed(self, error: L3roccError) -> None:
        self._window.say(retell(error.message))
        if self.dialog is not None:
            self.dialog.show_busy(is_busy=False)
            self.dialog.show_failure(error)

    def _end(self, text: str) -> None:
        self._window.say(text)
        if self.dialog is not None:
            self.dialog.show_busy(is_busy=False)
            self.dialog.say(text)

    def _finished(self) -> None:
        self._look()
        self._permissions.update()


def _verified_text(text: str, verified: Verified) -> str:
    if verified.is_compared:
        return tr("{text} Its SHA-256 is the expected one, {digest}.").format(text=text, digest=verified.sha256)
    return tr("It can be read, but there is no known digest to compare it with. Its SHA-256 is {digest}.").format(
        digest=verified.sha256
    )
