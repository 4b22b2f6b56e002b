"""Where the published π³ weights are, how they come there, and whether a file is really them."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from l3rocc_engine.backends.pi3.download import download_file, file_sha256, partial_path
from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.lock import holding

FILE_NAME = "model.safetensors"
URL = f"https://huggingface.co/yyfz233/Pi3/resolve/main/{FILE_NAME}"
MIRROR_URL = f"https://hf-mirror.com/yyfz233/Pi3/resolve/main/{FILE_NAME}"
DATA_BYTES = 3_834_786_952
MOST_HEADER_BYTES = 1 << 20
NUM_TENSORS = 1210
HUB_FOLDER = "models--yyfz233--Pi3"
PIN_FILE, LOCK_FILE = "weights.json", "weights.lock"
LICENCE_NOTICE = (
    "The π³ weights are published by their authors under CC BY-NC 4.0: for research and education, not for commercial "
    "use, and only with their terms kept when passed on (https://creativecommons.org/licenses/by-nc/4.0/). They are "
    "not part of L3ROcc Studio, whose own licence does not cover them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsSpec:
    """What file is wanted.

    Attributes
    ----------
    urls
        Where it can be fetched, in order.
    data_bytes
        Bytes of all tensors, without the header.
    num_tensors
        Tensors in the header.
    sha256
        Digest of the whole file if the user or a former verified download pinned it.
    """

    urls: tuple[str, ...] = (URL, MIRROR_URL)
    data_bytes: int = DATA_BYTES
    num_tensors: int = NUM_TENSORS
    sha256: str | None = None

    def with_sources(self, urls: Sequence[str], sha256: str | None) -> WeightsSpec:
        """Other places and another digest, where given."""
        return replace(self, urls=tuple(urls) or self.urls, sha256=(sha256 or self.sha256 or "").lower() or None)


PUBLISHED = WeightsSpec()


def default_folder() -> Path:
    """Where downloads go: ``L3ROCC_WEIGHTS`` if set, else the user's data folder."""
    chosen = os.environ.get("L3ROCC_WEIGHTS")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("l3rocc-studio", appauthor=False)) / "weights"


def candidate_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Places where the file may be, the first that exists counts.

    Our own folder, ``ckpt/`` in the working directory as the original program has it, then the caches of the Hugging
    Face hub.
    """
    ours = (folder or default_folder()) / FILE_NAME
    ckpt = Path("ckpt").absolute()
    hub = _hub_folder() / HUB_FOLDER / "snapshots"
    snapshots = sorted(hub.glob(f"*/{FILE_NAME}")) if hub.is_dir() else []
    return (ours, ckpt / FILE_NAME, ckpt / "Pi3" / FILE_NAME, *snapshots)


def _hub_folder() -> Path:
    if "HF_HUB_CACHE" in os.environ:
        return Path(os.environ["HF_HUB_CACHE"])
    home = os.environ.get("HF_HOME")
    return (Path(home) if home else Path.home() / ".cache" / "huggingface") / "hub"


def find_weights(folder: Path | None = None, spec: WeightsSpec = PUBLISHED) -> Path | None:
    """The first file that looks like the weights by its header and size, or None. Reads no tensor."""
    return next((path for path in candidate_files(folder) if file_problem(path, spec) is None), None)


def noted_sha256(file: Path) -> str | None:
    """Digest that was noted beside a weights file when it was checked, if any."""
    try:
        noted = json.loads((file.parent / PIN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    digest = noted.get("sha256") if isinstance(noted, dict) else None
    return digest if isinstance(digest, str) else None


def require_digest(
    file: Path, sha256: str, *, progress: StepProgress = no_progress, cancel: CancelToken | None = None
) -> None:
    """Make sure that a file has the digest that the settings name; reads it whole unless that is noted beside it.

    Raises
    ------
    InputError
        It has another one.
    """
    wanted = sha256.lower()
    if not wanted or noted_sha256(file) == wanted:
        return
    found = file_sha256(file, progress=progress, cancel=cancel)
    if found != wanted:
        raise InputError(
            f"{file} is not the file that the settings ask for: its SHA-256 is {found}, weights_sha256 is {wanted}.",
            "Correct or empty weights_sha256, or add the right file with 'l3rocc weights add FILE'.",
        )


def file_problem(path: Path, spec: WeightsSpec = PUBLISHED) -> str | None:
    """Why a file cannot be the weights, in a sentence, or None; reads its header only."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
            if not 2 <= length <= MOST_HEADER_BYTES:
                return f"{path} is not a safetensors file of this model."
            tensors = json.loads(file.read(length))
    except FileNotFoundError:
        return f"There is no file {path}."
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}."
    except ValueError:
        return f"{path} is not a safetensors file: its header is damaged."
    if not isinstance(tensors, dict):
        return f"{path} is not a safetensors file: its header is damaged."
    count = len(tensors.keys() - {"__metadata__"})
    wanted = 8 + length + spec.data_bytes
    if count != spec.num_tensors:
        return f"{path} holds another model: {count} tensors, {spec.num_tensors} are expected."
    if size != wanted:
        what = "is cut off" if size < wanted else "is too long"
        return f"{path} {what}: {size:,} bytes, {wanted:,} are expected."
    return None


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
            It cannot be written.
        Cancelled
            If ``cancel`` was set; the next call goes on from there.
        """
        with self._alone():
            return self._download(progress, check_progress, cancel)

    def _download(self, progress: StepProgress, check_progress: StepProgress, cancel: CancelToken | None) -> Path:
        if file_problem(self.path, self.spec) is None:
            return self.path
        fewest = self.spec.data_bytes
        fetched = download_file(
            self.spec.urls,
            self.path,
            size_range=(fewest, fewest + MOST_HEADER_BYTES),
            progress=progress,
            cancel=cancel,
        )
        return self._accept(fetched.part, check_progress, cancel, announced=fetched.sha256)

    def add(self, file: Path, *, progress: StepProgress = no_progress, cancel: CancelToken | None = None) -> Path:
        """Take a file that the user has: checked, copied here, checked again by its digest.

        Raises
        ------
        InputError
            The file is not the weights.
        OutputError
            It cannot be copied.
        """
        problem = file_problem(file, self.spec)
        if problem is not None:
            raise InputError(problem, "The right one is 'model.safetensors' of yyfz233/Pi3 on Hugging Face.")
        if self.path.exists() and file.samefile(self.path):
            return self.path
        with self._alone():
            part = partial_path(self.path)
            try:
                _copy(file, part, cancel or CancelToken())
            except OSError as error:
                part.unlink(missing_ok=True)
                raise OutputError(f"{self.path} cannot be written: {error.strerror or error}.") from error
            return self._accept(part, progress, cancel)

    def verify(
        self, file: Path | None = None, *, progress: StepProgress = no_progress, cancel: CancelToken | None = None
    ) -> str:
        """Read a whole file, our own if none is named; its SHA-256.

        Raises
        ------
        InputError
            There is no file, or it is damaged.
        """
        return self._checked(file or self.path, progress, cancel)

    def remove(self) -> int:
        """Delete file, unfinished download and pin; the bytes that were freed.

        Raises
        ------
        InputError
            A download into this folder is under way.
        """
        freed = 0
        if not self.folder.is_dir():
            return freed
        with self._alone():
            for path in (self.path, partial_path(self.path), self.folder / PIN_FILE):
                if path.exists():
                    freed += path.stat().st_size
                    path.unlink()
        return freed

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder against a second download, which would write the same unfinished file."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written: {error.strerror}.") from error
        taken = InputError(
            f"Another download or copy of the weights into {self.folder} is under way.",
            "Wait until it is finished, or stop it; what it has fetched is kept.",
        )
        with holding(self.folder / LOCK_FILE, taken):
            yield

    def _accept(
        self, part: Path, progress: StepProgress, cancel: CancelToken | None, *, announced: str | None = None
    ) -> Path:
        try:
            digest = self._checked(part, progress, cancel, announced=announced)
        except InputError:
            part.unlink(missing_ok=True)
            raise
        os.replace(part, self.path)
        write_json(self.folder / PIN_FILE, {"sha256": digest, "bytes": self.path.stat().st_size})
        return self.path

    def _checked(
        self, path: Path, progress: StepProgress, cancel: CancelToken | None, *, announced: str | None = None
    ) -> str:
        problem = file_problem(path, self.spec)
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


def _copy(source: Path, target: Path, cancel: CancelToken) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(8 << 20):
            cancel.check()
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
