"""Camera paths as JSON: to the clipboard, to a file for the command line, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_engine.storage.atomic import json_text
from l3rocc_studio.model.view_keyframe import (
    ViewKeyframe,
    keyframes_from_text,
    keyframes_to_values,
    read_keyframes,
    shifted_keyframes,
    write_keyframes,
)
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.source_folder import folder_beside

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

FOLDER = "camera_path"
LOADED = (
    N_("Load a camera path"),
    N_("Loaded {count} views"),
    N_("Loaded {count} views; {left_out} beyond the last frame were left out"),
)
"""What an edit is called, and what is said of it when all views fit and when some do not."""
PASTED = (
    N_("Paste a camera path"),
    N_("Pasted {count} views"),
    N_("Pasted {count} views; {left_out} beyond the last frame were left out"),
)
FILES = N_("Camera paths (*.json)")


class PathFiles:
    """Frames in a file are those of the run, as the command line counts them; on the timeline those of the source."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session, self._settings, self._window = studio.session, studio.settings, studio.window
        self._writing, self._reading = Job(studio), Job(studio)
        self._writing.succeeded.connect(self._written)
        self._reading.succeeded.connect(lambda keyframes: self._take(keyframes, *LOADED))
        for job, title in ((self._writing, N_("Saving the camera path")), (self._reading, N_("Loading a camera path"))):
            job.failed.connect(lambda error, title=title: self._refuse(tr(title), error))

    def shut_down(self) -> None:
        """Wait for what is being written or read."""
        self._writing.shut_down()
        self._reading.shut_down()

    def copy(self) -> None:
        """Put the path on the clipboard."""
        text = json_text(keyframes_to_values(self._session.run_view_keyframes), indent=2)
        QGuiApplication.clipboard().setText(text + "\n")
        self._window.say(tr("Copied the camera path as JSON"))

    def paste(self) -> None:
        """Replace the path with that on the clipboard."""
        try:
            keyframes = keyframes_from_text(QGuiApplication.clipboard().text())
        except InputError as error:
            self._refuse(tr("Pasting a camera path"), error)
        else:
            self._take(keyframes, *PASTED)

    def ask_where_to_save(self) -> None:
        """Ask for a file and write the path to it."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the camera path"), str(self._suggestion()), tr(FILES)
        )
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix else path.with_suffix(".json"))

    def save(self, path: Path) -> None:
        """Write the path to a file."""
        keyframes = self._session.run_view_keyframes
        if self._writing.is_running or not keyframes:
            return

        def write(_events: EventSink, _cancel: CancelToken) -> Path:
            write_keyframes(path, keyframes)
            return path

        self._settings.set_folder(FOLDER, path.parent)
        self._writing.start(write)

    def ask_what_to_load(self) -> None:
        """Ask for a file and take its path over."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, tr("Load a camera path"), str(self._suggestion().parent), tr(FILES)
        )
        if chosen:
            self.load(Path(chosen))

    def load(self, path: Path) -> None:
        """Replace the path with that of a file."""
        if not self._reading.is_running:
            self._settings.set_folder(FOLDER, path.parent)
            self._reading.start(lambda _events, _cancel: read_keyframes(path))

    def _suggestion(self) -> Path:
        source = self._session.source
        name = "" if source is None else source.name
        return Path(self._settings.folder(FOLDER, folder_beside(source))) / f"{name}_camera_path.json"

    def _written(self, path: object) -> None:
        self._window.say(tr("Saved the camera path to {path}").format(path=path))

    def _take(self, result: object, label: str, all_fit: str, some_fit: str) -> None:
        frames = self._session.run_frames
        if not isinstance(result, tuple) or not frames:
            return
        keyframes: tuple[ViewKeyframe, ...] = result
        fitting = shifted_keyframes(keyframes, 0, num_frames=len(frames))
        if not fitting:
            self._refuse(
                tr(label),
                InputError(f"All views of this path are beyond the last frame, which is {len(frames) - 1}."),
            )
            return
        self._session.view_keyframes.replace_all(
            shifted_keyframes(fitting, frames.start, num_frames=self._session.timeline.num_frames), tr(label)
        )
        left_out = len(keyframes) - len(fitting)
        text = tr(some_fit if left_out else all_fit)
        self._window.say(text.format(count=len(fitting), left_out=left_out))

    def _refuse(self, title: str, error: L3roccError) -> None:
        self._studio.messages.show_error(title, error)
