"""Where the published π³ weights are, and whether a file is really them; ``weights_store`` gets them."""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from l3rocc_engine.backends.pi3.download import file_sha256
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress
from l3rocc_engine.storage.home import home_folder, user_folder
from l3rocc_engine.storage.json_file import read_json

FILE_NAME, WEIGHTS_DIR = "model.safetensors", "weights"
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
        """Other places and another digest, where given.

        Raises
        ------
        InputError
            What was given is no digest, or no address: said now rather than after gigabytes.
        """
        digest = (sha256 or self.sha256 or "").lower()
        if digest and not re.fullmatch("[0-9a-f]{64}", digest):
            raise InputError(f"{sha256!r} is not a SHA-256: that has 64 hexadecimal digits.")
        for url in urls:
            if not re.match("https?://[^/]", url):
                raise InputError(f"{url!r} is not an address to fetch from: it must begin with http:// or https://.")
        return replace(self, urls=tuple(urls) or self.urls, sha256=digest or None)


PUBLISHED = WeightsSpec()


def default_folder() -> Path:
    """Where downloads go: ``L3ROCC_WEIGHTS`` if set, else ``weights/`` in the program's own folder."""
    chosen = os.environ.get("L3ROCC_WEIGHTS")
    return Path(chosen) if chosen else home_folder() / WEIGHTS_DIR


def candidate_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Places where the file may be, the first that exists counts.

    Our own folder, that of the user where ``L3ROCC_HOME`` names another, ``ckpt/`` in the working directory as the
    original program has it, then the caches of the Hugging Face hub.
    """
    ours = (folder or default_folder()) / FILE_NAME
    ckpt = Path("ckpt").absolute()
    hub = _hub_folder() / HUB_FOLDER / "snapshots"
    snapshots = sorted(hub.glob(f"*/{FILE_NAME}")) if hub.is_dir() else []
    users = user_folder() / WEIGHTS_DIR / FILE_NAME
    return (ours, *([users] if users != ours else []), ckpt / FILE_NAME, ckpt / "Pi3" / FILE_NAME, *snapshots)


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
        noted = read_json(file.parent / PIN_FILE)
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
    except (ValueError, RecursionError):
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
