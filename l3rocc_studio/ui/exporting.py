"""Exporting the result: datasets and the three-panel video."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.ui.session_job import SessionJob
from l3rocc_studio.ui.settings import StudioSettings

PROFILE_LABELS = {"lerobot": "LeRobot dataset", "interndata": "InternData dataset"}


class Exporter(QObject):
    """Asks where to, and writes in the background.

    Signals
    -------
    exported (Path)
        What was written.
    failed (str, L3roccError)
        What was being done and why it failed.
    """

    exported = Signal(object)
    failed = Signal(str, object)

    def __init__(self, session: Session, exports: ExportService, settings: StudioSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._exports = exports
        self._settings = settings
        self._window = window
        self._dataset_job = SessionJob(session, JobKind.EXPORT_DATASET, self)
        self._film_job = SessionJob(session, JobKind.EXPORT_FILM, self)
        for job in (self._dataset_job, self._film_job):
            job.succeeded.connect(self.exported)
            job.failed.connect(self.failed)

    def ask_for_dataset(self, profile: str) -> None:
        """Let the person choose the dataset's folder, then write it."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, f"Export {PROFILE_LABELS[profile]}: name of its folder", self._suggestion(f"_{profile}")
        )
        if chosen:
            self._confirm_dataset(Path(chosen), profile)

    def ask_for_film(self) -> None:
        """Let the person choose the file, then render it."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Export three-panel video", self._suggestion("_panels.mp4"), "Video (*.mp4)"
        )
        if chosen:
            path = Path(chosen)
            self.export_film(path if path.suffix else path.with_suffix(".mp4"))

    def export_dataset(self, out: Path, profile: str, *, overwrite: bool = False) -> None:
        """Write the result as a dataset folder."""
        run, exports = self._session.run, self._exports
        if run is None or self._dataset_job.is_running:
            return

        def work(events: EventSink, cancel: CancelToken) -> object:
            return exports.export_dataset(run, out, profile=profile, overwrite=overwrite, events=events, cancel=cancel)

        self._settings.set_folder("export", out.parent)
        self._dataset_job.start(f"Exporting {out.name}", work)

    def export_film(self, out: Path) -> None:
        """Render the result to a video."""
        location, exports = self._session.run_location, self._exports
        if location is None or self._film_job.is_running:
            return

        def work(events: EventSink, cancel: CancelToken) -> object:
            return exports.export_film(location, out, events=events, cancel=cancel)

        self._settings.set_folder("export", out.parent)
        self._film_job.start(f"Exporting {out.name}", work)

    def cancel(self, kind: JobKind | None = None) -> None:
        """Stop one export, or all."""
        if kind in (None, JobKind.EXPORT_DATASET):
            self._dataset_job.cancel()
        if kind in (None, JobKind.EXPORT_FILM):
            self._film_job.cancel()

    def shut_down(self) -> None:
        """Stop and wait."""
        self._dataset_job.shut_down()
        self._film_job.shut_down()

    def _suggestion(self, ending: str) -> str:
        name = self._session.source.name if self._session.source else "run"
        return str(Path(self._settings.folder("export")) / f"{name}{ending}")

    def _confirm_dataset(self, out: Path, profile: str) -> None:
        """A folder that exists is replaced on a clear yes only; the writer refuses what is no dataset."""
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            self.export_dataset(out, profile)
            return
        answer = QMessageBox.question(
            self._window, "Replace the dataset", f"{out.name} exists already. Replace the dataset in it?"
        )
        if answer == QMessageBox.StandardButton.Yes:
            self.export_dataset(out, profile, overwrite=True)
