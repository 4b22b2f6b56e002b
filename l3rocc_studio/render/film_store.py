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

from l3rocc_engine import __version__
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import temporary_sibling, write_json, writing
from l3rocc_studio.model.film_plan import FilmPlan
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.render.film_encoder import segment_suffix

KEY_FILE = "film.json"


def film_key(run: Run, spec: FilmSpec, plan: FilmPlan) -> str:
    """Equal for films that are equal picture by picture: of the run's content, the wishes and the program."""
    logo = spec.marks.logo
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
        self._folder = film_folder(out)
        self._suffix = segment_suffix(spec.output.format)
        self._num_segments = len(plan.segments)

    def prepare(self, key: str) -> None:
        """Keep what is there if it is of the same film, else start anew.

        Raises
        ------
        OutputError
            If nothing can be written there.
        """
        if self._found_key() != key:
            shutil.rmtree(self._folder, ignore_errors=True)
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._folder / KEY_FILE, {"key": key})

    def _found_key(self) -> object:
        try:
            return json.loads((self._folder / KEY_FILE).read_text(encoding="utf-8"))["key"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def path(self, number: int) -> Path:
        """Where a finished segment lies."""
        return self._folder / f"segment-{number:05d}{self._suffix}"

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
        """Remove the folder if the film is done or nothing in it is worth keeping."""
        if is_done or len(self.missing) == self._num_segments:
            shutil.rmtree(self._folder, ignore_errors=True)


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
