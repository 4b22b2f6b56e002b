"""What the weights dialog asks: where the π³ weights are, and the long jobs on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from l3rocc_engine.backends.pi3.download import ELSEWHERE_HINT
from l3rocc_engine.backends.pi3.weights import (
    PUBLISHED,
    WeightsSpec,
    default_folder,
    file_problem,
    find_weights,
)
from l3rocc_engine.backends.pi3.weights_store import WeightsStore
from l3rocc_engine.progress import CancelToken, EventSink, steps_of
from l3rocc_studio.services.machine import free_disk_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsStatus:
    """What is there now.

    Attributes
    ----------
    found
        The file that would be used, or None.
    is_ours
        Whether it lies in our own folder, so that it may be removed.
    folder
        Where a download goes.
    wanted_bytes, unfinished_bytes, free_bytes
        Size of the file, of an unfinished download, and of the free space in the folder.
    sha256
        The digest that was noted when the file was checked, or None.
    problem
        What is wrong with the file in our own folder, in a sentence; empty if nothing is or none is there.
    place_problem, place_hint
        Why the folder cannot take a download, in a sentence, and what to do; empty if it can or need not.
    is_busy
        Whether a download or a copy into the folder is under way, here or in another program.
    """

    found: Path | None
    is_ours: bool
    folder: Path
    wanted_bytes: int
    unfinished_bytes: int
    free_bytes: int
    sha256: str | None
    problem: str
    place_problem: str = ""
    place_hint: str = ""
    is_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A whole file was read.

    Attributes
    ----------
    sha256
        Its digest.
    is_compared
        Whether a digest was known to compare it with.
    """

    sha256: str
    is_compared: bool


class WeightsService:
    """The weights in one folder.

    Parameters
    ----------
    folder
        Where they are kept; None for the usual place.
    spec
        What file is wanted; tests bring a small one.
    """

    def __init__(self, folder: Path | None = None, spec: WeightsSpec = PUBLISHED) -> None:
        self._folder = folder
        self._spec = spec

    @property
    def spec(self) -> WeightsSpec:
        """What file is wanted."""
        return self._spec

    def status(self) -> WeightsStatus:
        """Look at the disk; reads headers only."""
        store = self._store("", "")
        found = find_weights(store.folder, self._spec)
        place_problem = "" if found else store.place_problem
        problem = file_problem(store.path, self._spec) if store.path.exists() else None
        return WeightsStatus(
            found=found,
            is_ours=found == store.path,
            folder=store.folder,
            wanted_bytes=self._spec.data_bytes,
            unfinished_bytes=store.unfinished_bytes,
            free_bytes=free_disk_bytes(store.folder),
            sha256=store.pinned_sha256,
            problem=problem or "",
            place_problem=place_problem,
            place_hint=ELSEWHERE_HINT if place_problem else "",
            is_busy=store.is_busy,
        )

    def download(self, url: str, sha256: str, *, events: EventSink, cancel: CancelToken) -> Path:
        """Fetch the file, from another place or with another digest where those are not empty.

        Raises
        ------
        InputError
            No server gives it, or what came is not it.
        OutputError
            It cannot be written.
        Cancelled
            What came so far is kept.
        """
        progress, check_progress = steps_of(events, "download"), steps_of(events, "check")
        return self._store(url, sha256).download(progress=progress, check_progress=check_progress, cancel=cancel)

    def add(self, file: Path, sha256: str, *, events: EventSink, cancel: CancelToken) -> Path:
        """Take a file from elsewhere.

        Raises
        ------
        InputError
            It is not the weights.
        OutputError
            It cannot be copied.
        """
        copying, checking = steps_of(events, "copy"), steps_of(events, "check")
        return self._store("", sha256).add(file, copy_progress=copying, progress=checking, cancel=cancel)

    def verify(self, sha256: str, *, events: EventSink, cancel: CancelToken) -> Verified:
        """Read the whole file that is there.

        Raises
        ------
        InputError
            It is damaged, or there is none.
        """
        store = self._store("", sha256)
        found = find_weights(store.folder, self._spec) or store.path
        digest = store.verify(found, progress=steps_of(events, "check"), cancel=cancel)
        return Verified(sha256=digest, is_compared=store.expected_sha256(found) is not None)

    def remove(self) -> int:
        """Delete our own file and an unfinished download; the bytes that were freed."""
        return self._store("", "").remove()

    def _store(self, url: str, sha256: str) -> WeightsStore:
        spec = self._spec.with_sources([url] if url else [], sha256 or None)
        return WeightsStore((self._folder or default_folder()).absolute(), spec)
