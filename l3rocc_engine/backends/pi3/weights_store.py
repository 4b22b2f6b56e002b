"""Our own folder of weights: how they come there, are checked, and go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.backends.pi3.download import (
    ELSEWHERE_HINT,
    download_file,
    file_sha256,
    partial_path,
    room_problem,
)
from l3rocc_engine.backends.pi3.weights import (
    FILE_NAME,
    LOCK_FILE,
    MOST_HEADER_BYTES,
    PIN_FILE,
    PUBLISHED,
    WeightsSpec,
    file_problem,
    noted_sha256,
)
from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.storage.atomic import atomic_file, remove_leftovers, write_json
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.lock import holding, is_held
from l3rocc_engine.storage.space import standing_place


@dataclass(frozen=True, slots=True)
class WeightsStore:
    """Our own folder of weights.

    Attributes
    ----------
    folder
        Holds the file and, beside it, the digest that was pinned when it was first verified.
    spec
        What file is wanted.
    """

    folder: Path
    spec: WeightsSpec = PUBLISHED

    @property
    def path(self) -> Path:
        """Where the file is or will be."""
        return self.folder / FILE_NAME

    @property
    def pinned_sha256(self) -> str | None:
        """Digest that a file must have: the one asked for, else that of the first verified file, if any."""
        if self.spec.sha256:
            return self.spec.sha256
        return noted_sha256(self.path)

    @property
    def unfinished_bytes(self) -> int:
        """What an unfinished download has brought."""
        part = partial_path(self.path)
        return part.stat().st_size if part.exists() else 0

    @property
    def place_problem(self) -> str:
        """Why the folder cannot take what a download still has to bring, in a sentence, or nothing."""
        return self._problem_with(self.spec.data_bytes - self.unfinished_bytes)

    def _problem_with(self, num_bytes: int) -> str:
        try:
            existing = standing_place(self.folder)
            if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
                return room_problem(self.folder, num_bytes)
        except OutputError as error:
            return error.message
        return f"{self.folder} cannot be written; another folder is needed."

    @property
    def is_busy(self) -> bool:
        """Whether a download or a copy into the folder is under way, by whatever program."""
        return is_held(self.folder / LOCK_FILE)

    def download(
        self,
        *,
        progress: StepProgress = no_progress,
        check_progress: StepProgress = no_progress,
        cancel: CancelToken | None = None,
    ) -> Path:
        """Fetch the file, check it, and only then give it its name.

        It must have the pinned digest; where none is pinned yet, the one that the hub announces.

        Raises
        ------
        InputError
            No server gives the file, what came is not it, or another download into this folder is under way.
        OutputError
            It cannot be written, or the disk has no room for it; the latter is said before anything is fetched.
        Cancelled
            If ``cancel`` was set; the next call goes on from there.
        """
        with self._alone():
            return self._download(progress, check_progress, cancel)

    def _download(self, progress: StepProgress, check_progress: StepProgress, cancel: CancelToken | None) -> Path:
        if file_problem(self.path, self.spec) is None:
            return self.path
        self._require_place(self.place_problem)
        fewest = self.spec.data_bytes
        fetched = download_file(
            self.spec.urls,
            self.path,
            size_range=(fewest, fewest + MOST_HEADER_BYTES),
            sha256=self.pinned_sha256,
            progress=progress,
            cancel=cancel,
        )
        try:
            digest = self._checked(fetched.part, check_progress, cancel, announced=fetched.sha256)
        except InputError:
            fetched.part.unlink(missing_ok=True)
            raise
        with _writing(self.path):
            os.replace(fetched.part, self.path)
        self._pin(digest)
        return self.path

    def add(
        self,
        file: Path,
        *,
        copy_progress: StepProgress = no_progress,
        progress: StepProgress = no_progress,
        cancel: CancelToken | None = None,
    ) -> Path:
        """Take a file that the user has: checked, copied here, checked again by its digest.

        An unfinished download is kept until the copy is there and right, and goes then.

        Raises
        ------
        InputError
            The file is not the weights, or another download into this folder is under way.
        OutputError
            It cannot be copied, or the disk has no room for it; the latter is said before anything is copied.
        Cancelled
            If ``cancel`` was set; nothing is left of the copy.
        """
        problem = file_problem(file, self.spec)
        if problem is not None:
            raise InputError(problem, "The right one is 'model.safetensors' of yyfz233/Pi3 on Hugging Face.")
        if self.path.exists() and file.samefile(self.path):
            return self.path
        with self._alone():
            remove_leftovers(self.path)
            self._require_place(self._problem_with(file.stat().st_size))
            with atomic_file(self.path) as copy:
                _copy(file, copy, copy_progress, cancel or CancelToken())
                digest = self._checked(copy, progress, cancel)
            self._pin(digest)
            partial_path(self.path).unlink(missing_ok=True)
        return self.path

    def verify(
        self, file: Path | None = None, *, progress: StepProgress = no_progress, cancel: CancelToken | None = None
    ) -> str:
        """Read a whole file, our own if none is named; its SHA-256.

        It must have the pinned digest; where none is pinned, the one by which the hub's cache calls it.

        Raises
        ------
        InputError
            There is no file, or it is damaged.
        """
        return self._checked(file or self.path, progress, cancel, announced=hub_digest(file or self.path))

    def expected_sha256(self, file: Path) -> str | None:
        """What :meth:`verify` compares a file with, or None where nothing is known."""
        return self.pinned_sha256 or hub_digest(file)

    def remove(self) -> int:
        """Delete file, unfinished download and pin; the bytes that were freed.

        Raises
        ------
        InputError
            A download into this folder is under way.
        OutputError
            They cannot be deleted.
        """
        freed = 0
        if not self.folder.is_dir():
            return freed
        with self._alone(), _writing(self.folder):
            remove_leftovers(self.path)
            for path in (self.path, partial_path(self.path), self.folder / PIN_FILE):
                if path.exists():
                    freed += path.stat().st_size
                    path.unlink()
        return freed

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder against a second download, which would write the same unfinished file."""
        with _writing(self.folder):
            make_folders(self.folder)
        self._require_place(self._problem_with(0))
        taken = InputError(
            f"Another download or copy of the weights into {self.folder} is in progress.",
            "Wait until it is finished, or stop it; what it has downloaded is kept.",
        )
        with holding(self.folder / LOCK_FILE, taken):
            yield

    @staticmethod
    def _require_place(problem: str) -> None:
        if problem:
            raise OutputError(problem, ELSEWHERE_HINT)

    def _pin(self, digest: str) -> None:
        write_json(self.folder / PIN_FILE, {"sha256": digest, "bytes": self.path.stat().st_size})

    def _checked(
        self, path: Path, progress: StepProgress, cancel: CancelToken | None, *, announced: str | None = None
    ) -> str:
        problem = file_problem(path, self.spec)
        if problem is not None and not path.exists():
            raise InputError(problem, "Download it with 'l3rocc weights download'.")
        if problem is not None:
            raise InputError(problem, "Remove it and download it again.")
        digest = file_sha256(path, progress=progress, cancel=cancel)
        wanted = self.pinned_sha256 or announced
        if wanted is not None and digest != wanted:
            raise InputError(
                f"{path.name} is not the expected file: its SHA-256 is {digest}, not {wanted}.",
                "It was damaged on its way or changed at its source: download it again, or state the new digest if you "
                "trust it.",
            )
        return digest


def hub_digest(file: Path) -> str | None:
    """Digest by which the Hugging Face hub's cache calls what a file of it leads to; None for other files."""
    name = file.resolve().name
    return name if re.fullmatch("[0-9a-f]{64}", name) else None


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.", ELSEWHERE_HINT) from error


def _copy(source: Path, target: Path, progress: StepProgress, cancel: CancelToken) -> None:
    done, total = 0, source.stat().st_size
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(8 << 20):
            cancel.check()
            writing.write(block)
            done += len(block)
            progress(done, total)
