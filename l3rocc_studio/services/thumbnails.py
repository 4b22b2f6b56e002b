"""Small pictures of inputs, kept on disk so that they are there at once the next time."""

from __future__ import annotations

import hashlib
from pathlib import Path

from l3rocc_engine.errors import L3roccError, OutputError
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_studio.model.project_parts import SOURCE_KEY
from l3rocc_studio.services.input_check import PROJECT_SUFFIX
from l3rocc_studio.services.project_file import load_project

SIZE_PX = (192, 120)
"""Twice the size at which they are shown, for sharp screens."""
NUM_KEPT = 400


class Thumbnails:
    """Makes and keeps thumbnails.

    Parameters
    ----------
    folder
        Where they are kept; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file_of(self, path: Path, episode: int | None = None) -> Path:
        """Where the thumbnail of an input is or would be; another one once the input is changed.

        Raises
        ------
        OSError
            If the input is gone.
        """
        stat = path.stat()
        text = f"{path.absolute()}|{episode}|{stat.st_mtime_ns}|{stat.st_size}"
        return self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.jpg"

    def make(self, path: Path, episode: int | None = None) -> Path | None:
        """The thumbnail of an input, made if it is not there yet; None where the input gives no picture."""
        try:
            file = self.file_of(path, episode)
            if not file.is_file():
                self._write(*_pictured(path, episode), file)
        except (OSError, L3roccError):
            return None
        return file

    def _write(self, path: Path, episode: int | None, file: Path) -> None:
        from PIL import Image, ImageOps

        from l3rocc_engine.frames.preview import preview_picture

        picture = ImageOps.fit(Image.fromarray(preview_picture(path, episode)), SIZE_PX)
        with atomic_file(file) as partial:
            try:
                picture.save(partial, format="JPEG", quality=86)
            except OSError as error:
                raise OutputError(f"{file} cannot be written: {error}.") from error
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.glob("*.jpg"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[NUM_KEPT:]:
            file.unlink(missing_ok=True)


def _pictured(path: Path, episode: int | None) -> tuple[Path, int | None]:
    """What to take the picture of: of a project that of its source."""
    if path.suffix.lower() != PROJECT_SUFFIX or not path.is_file():
        return path, episode
    source = load_project(path).get(SOURCE_KEY, {})
    number = source.get("episode")
    return Path(str(source.get("path", ""))), number if isinstance(number, int) else None
