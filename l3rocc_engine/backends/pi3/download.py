"""Fetch one large file over HTTP: resumable, with progress, stoppable at any time."""

from __future__ import annotations

import hashlib
import http
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from l3rocc_engine.backends.pi3.http_blocks import AnswerHead, HttpBlocks
from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.space import free_bytes, readable_size

RETRIES = 4
"""Times in a row that a connection which already brought something may break off without bringing more."""
SPARE_BYTES = 64 << 20
ELSEWHERE_HINT = "Free some space there, or set the environment variable L3ROCC_WEIGHTS to another folder."
_TRY_AGAIN = (
    "Check the connection and try again: it resumes where it stopped. A mirror or a file that you have does as well."
)
_OTHER_DIGEST = "Leave the digest empty, or state the one that the server has if you trust it."
_AGENT = "l3rocc-studio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete download.

    Attributes
    ----------
    part
        The file, under its unfinished name.
    sha256
        Digest that the server announced for it, if it did; not compared here.
    """

    part: Path
    sha256: str | None


def download_file(
    urls: Sequence[str],
    path: Path,
    *,
    size_range: tuple[int, int] = (0, 1 << 62),
    sha256: str | None = None,
    progress: StepProgress = no_progress,
    cancel: CancelToken | None = None,
) -> Fetched:
    """Fetch a file into ``path.part``, going on where an earlier attempt stopped.

    Parameters
    ----------
    urls
        Places to ask, in order; the next is tried where one does not answer or has no such file.
    path
        Final name; only its ``.part`` sibling is written here.
    size_range
        Fewest and most bytes that the file may have; a server that announces another size is not read, and one that
        announces none no further than that.
    sha256
        Digest that the file must have; a server that announces another one is not read. What came is not compared here.
    progress
        Bytes done and in all.
    cancel
        Stops within half a second.

    Raises
    ------
    OutputError
        The folder cannot be written or the disk is full; what came so far is kept.
    InputError
        No server gives the file.
    Cancelled
        If ``cancel`` was set; what came so far is kept.
    """
    job = _Job(partial_path(path), size_range, sha256, progress, cancel or CancelToken())
    try:
        make_folders(path.parent)
    except OSError as error:
        raise OutputError(f"{path.parent} cannot be written: {error.strerror}.") from error
    problems, hint = [], ""
    for url in urls:
        try:
            job.fetch(url)
        except _NotThere as problem:
            problems.append(f"{url}: {problem}")
            hint = problem.hint
        else:
            return Fetched(part=job.part, sha256=job.announced[-1] if job.announced else None)
    raise InputError(f"The file cannot be downloaded: {'; '.join(problems)}.", hint)


def partial_path(path: Path) -> Path:
    """Name of an unfinished download."""
    return path.with_name(path.name + ".part")


def room_problem(folder: Path, num_bytes: int) -> str:
    """Why a folder, which need not exist, does not hold so many bytes more, in a sentence, or nothing."""
    free = free_bytes(folder)
    if num_bytes <= 0 or num_bytes + SPARE_BYTES <= free:
        return ""
    return f"{folder} has room for {readable_size(free)}, but {readable_size(num_bytes)} more are needed."


def file_sha256(path: Path, *, progress: StepProgress = no_progress, cancel: CancelToken | None = None) -> str:
    """SHA-256 of a file in hexadecimal digits, read block by block."""
    digest = hashlib.sha256()
    total = path.stat().st_size
    done = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if cancel is not None:
                cancel.check()
            digest.update(block)
            done += len(block)
            progress(done, total)
    return digest.hexdigest()


class _NotThere(Exception):
    """This server does not give the file; ``hint`` says what may help."""

    def __init__(self, reason: str, hint: str = _TRY_AGAIN) -> None:
        super().__init__(reason)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class _Job:
    part: Path
    size_range: tuple[int, int]
    sha256: str | None
    progress: StepProgress
    cancel: CancelToken
    announced: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> None:
        """Ask one server, again after a cut as long as bytes keep coming."""
        idle, has_come = 0, False
        while True:
            before = self._have()
            reason = "the connection broke off"
            try:
                total = self._fetch_rest(url, before)
                if total is None or self._have() == total:
                    return
            except urllib.error.HTTPError as error:
                error.close()
                raise _NotThere(f"HTTP {error.code} {error.reason}") from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                reason = _words(error)
            has_come = has_come or self._have() > before
            idle = 0 if self._have() > before else idle + 1
            if idle > (RETRIES if has_come else 0):
                raise _NotThere(f"{reason} after {self._have():,} bytes" if self._have() else reason)

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _fetch_rest(self, url: str, have: int) -> int | None:
        """Append what is missing; the size that the whole file should have, or None if the server does not say."""
        headers = {"User-Agent": _AGENT, **({"Range": f"bytes={have}-"} if have else {})}
        with HttpBlocks(urllib.request.Request(url, headers=headers), self.cancel) as blocks:
            try:
                head = blocks.head()
            except urllib.error.HTTPError as error:
                if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
                    raise
                error.close()
                if error.headers.get("Content-Range", "").endswith(f"/{have}"):
                    return have
                self.part.unlink()
                return self._fetch_rest(url, 0)
            if head.sha256:
                self._require_digest(head.sha256)
                self.announced.append(head.sha256)
            first = have if head.status == http.HTTPStatus.PARTIAL_CONTENT else 0
            total = _announced(head, first)
            self._require_sense(first, total)
            self._append(blocks, first, total or 0)
            return total

    def _require_sense(self, first: int, total: int | None) -> None:
        if total is None:
            return
        fewest, most = self.size_range
        if not fewest <= total <= most:
            raise _NotThere(f"the file there has {total:,} bytes, about {fewest:,} are expected")
        problem = room_problem(self.part.parent, total - first)
        if problem:
            raise OutputError(problem, ELSEWHERE_HINT)

    def _require_digest(self, announced: str) -> None:
        if self.sha256 is not None and announced != self.sha256:
            raise _NotThere(f"the file there has the SHA-256 {announced}, not {self.sha256}", _OTHER_DIGEST)

    def _append(self, blocks: HttpBlocks, first: int, total: int) -> None:
        done = first
        file = self._open(first)
        with file:
            for block in blocks:
                if done + len(block) > self.size_range[1]:  # it did not say how much there is, and might never end
                    raise _NotThere(f"the file there has more than the {self.size_range[1]:,} bytes that are expected")
                try:
                    file.write(block)
                except OSError as error:
                    raise self._disk_problem(error) from error
                done += len(block)
                self.progress(done, total)
            os.fsync(file.fileno())

    def _open(self, first: int) -> FileIO:
        """Unbuffered, so that a full disk is noticed at the write."""
        try:
            file = self.part.open("r+b" if first else "wb", buffering=0)
        except OSError as error:
            raise self._disk_problem(error) from error
        file.seek(first)
        return file

    def _disk_problem(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self.part} cannot be written: {error.strerror or error}.",
            f"The downloaded part is kept, and the next try resumes from there. {ELSEWHERE_HINT}",
        )


def _announced(head: AnswerHead, first: int) -> int | None:
    length = head.headers.get("Content-Length")
    return first + int(length) if length else None


def _words(error: BaseException) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)
