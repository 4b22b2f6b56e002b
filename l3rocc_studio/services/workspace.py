"""Where the studio keeps its runs and settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.home import HOME_VARIABLE, home_folder

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The studio's folder.

    Attributes
    ----------
    root
        Holds ``runs/`` and ``studio.ini``; made when first written to.
    """

    root: Path

    @property
    def runs_dir(self) -> Path:
        """Folder of the working files of every run."""
        return self.root / "runs"

    @property
    def thumbnails_dir(self) -> Path:
        """Small pictures of inputs."""
        return self.root / "thumbnails"

    @property
    def queue_dir(self) -> Path:
        """The queue and its logs."""
        return self.root / "queue"

    @property
    def recovery_dir(self) -> Path:
        """What is open, as it was a few seconds ago."""
        return self.root / "recovery"

    @property
    def presets_file(self) -> Path:
        """Settings that were saved under a name."""
        return self.root / "presets.json"

    @property
    def look_presets_file(self) -> Path:
        """Looks that were saved under a name."""
        return self.root / "look_presets.json"

    @property
    def settings_file(self) -> Path:
        """Window settings."""
        return self.root / "studio.ini"

    def run_path(self, source_name: str, fingerprint: str) -> Path:
        """Where the working folder of a source is or would be."""
        stem = _UNSAFE.sub("_", source_name).strip("._")[:60] or "run"
        return self.runs_dir / f"{stem}-{fingerprint[:8]}"

    def run_folder(self, source_name: str, fingerprint: str) -> Path:
        """The working folder of a source, the same one each time so that finished stages are found again.

        Raises
        ------
        OutputError
            If the folder cannot be made.
        """
        folder = self.run_path(source_name, fingerprint)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"The working folder {folder} cannot be made: {error.strerror}.",
                f"Free some space there, or set {HOME_VARIABLE} to a folder that you can write.",
            ) from error
        return folder


def default_workspace() -> Workspace:
    """The folder named by ``L3ROCC_HOME``, else the user's data folder of this system."""
    return Workspace(root=home_folder())
