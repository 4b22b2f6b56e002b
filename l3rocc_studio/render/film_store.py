"""The finished segments of a film that is being rendered, beside the film, so that a killed render goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from l3rocc_engine import __version__
from l3rocc_engine.errors import OutputError
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import temporary_sibling, write_json, writing
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.process_note import is_running, note_of_this_process
from l3rocc_studio.model.film_plan import FilmPlan
from l3rocc_studio.model.film_spec import Backdrop, FilmSpec
from l3rocc_studio.render.film_codec import encoding_facts, segment_suffix

KEY_FILE = "film.json"


def film_key(run: Run, spec: FilmSpec, plan: FilmPlan) -> str:
    """Equal for films that are equal bit by bit: of the run's content, the wishes, the program and the encoder."""
    logo, output = spec.marks.logo, spec.output
    is_clear = spec.layout.backdrop is Backdrop.TRANSPARENT
    identity = (
        __version__,
        run.source.fingerprint,
        run.config.digest,
        hashlib.sha256(run.trajectory.world_from_cam.tobytes()).hexdigest(),
        hashlib.sha256(run.cloud.points_world.tobytes()).hexdigest(),
        run.world.num_voxels,
        logo.read_bytes().hex() if logo is not None and logo.is_file() else None,
        asdict(spec),
        plan.ticks,
        [(numbers.start, numbers.stop) for numbers in plan.segments],
        encoding_facts(output.format, output.quality, is_clear=is_clear),
    )
    return hashlib.sha256(json.dumps(identity, default=str).encode()).hexdigest()


class FilmStore:
    """The folder of a film's segments.

    Parameters
    ----------
    out
        The film.
    spec, plan
        What it will be.
    """

    def __init__(self, out: Path, spec: FilmSpec, plan: FilmPlan) -> None:
        self._out, self._folder = out, film_folder(out)
        self._suffix = segment_suffix(spec.output.format)
        self._num_segments = len(plan.segments)

    def prepare(self, key: str) -> None:
        """Keep what is there if it is of the same film, else start anew.

        Raises
        ------
        OutputError
            If nothing can be written there, or the same film is being rendered already.
        """
        noted = self._note()
        if is_running(noted):
            raise OutputError(
                f"{self._out} is being rendered already (process {noted['pid']}).",
                "Wait for it, or choose another name.",
            )
        if noted.get("key") != key:
            shutil.rmtree(self._folder, ignore_errors=True)
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for number in range(self._num_segments):
                self._taken(number).unlink(missing_ok=True)
        write_json(self._folder / KEY_FILE, {"key": key, **note_of_this_process()})

    def _note(self) -> dict[str, Any]:
        """Which film the folder is of, and who works on it."""
        try:
            noted = read_json(self._folder / KEY_FILE)
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def finished(self, key: str) -> list[int]:
        """Segments that :meth:`prepare` with the same key would find finished, left by a render that was ended."""
        if self._note().get("key") != key:
            return []
        return [number for number, path in enumerate(self.paths) if path.exists()]

    def path(self, number: int) -> Path:
        """Where a finished segment lies."""
        return self._folder / f"segment-{number:05d}{self._suffix}"

    def _taken(self, number: int) -> Path:
        return self._folder / f"segment-{number:05d}.taken"

    def take(self, number: int) -> bool:
        """Whether a segment is the caller's to draw: of several processes that ask, the first gets it."""
        with writing(self._folder):
            try:
                self._taken(number).touch(exist_ok=False)
            except FileExistsError:
                return False
        return True

    @property
    def paths(self) -> list[Path]:
        """All segments in order."""
        return [self.path(number) for number in range(self._num_segments)]

    @property
    def missing(self) -> list[int]:
        """Segments that are not finished."""
        return [number for number, path in enumerate(self.paths) if not path.exists()]

    @contextmanager
    def writing(self, number: int) -> Iterator[Path]:
        """A temporary path that becomes the segment when all went well, and goes when not."""
        partial = temporary_sibling(self.path(number))
        is_done = False
        try:
            yield partial
            os.replace(partial, self.path(number))
            is_done = True
        finally:
            if not is_done:
                _remove(partial)

    def close(self, *, is_done: bool) -> None:
        """Remove the folder if the film is done or nothing in it is worth keeping; else leave it to the next call."""
        if is_done or len(self.missing) == self._num_segments:
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            write_json(self._folder / KEY_FILE, {"key": self._note().get("key")})


def film_folder(out: Path) -> Path:
    """Where the segments of a film are kept until it is finished."""
    return out.parent / f".{out.name}.l3rocc-film"


def discard_film(out: Path) -> None:
    """Forget what was rendered of a film that was stopped."""
    shutil.rmtree(film_folder(out), ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
