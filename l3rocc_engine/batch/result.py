"""What a unit left behind: its finished result, or why there is none; believed only where it matches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any

from l3rocc_engine.batch.unit import STATE_FOLDER, BatchUnit
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.space import file_size

FORMAT = "l3rocc-batch-unit"
FORMAT_VERSION = 1
RESULT_FILE = "unit.json"
TOLD_FACTS = ("backend", "frames", "scale", "scale_method", "residual_m", "peak_memory_bytes")
_OF_DISK = ("OutputError", "OSError")
_PASSING = (*_OF_DISK, "MemoryError", "ChildCrashed", "ChildStarved")


class UnitStatus(Enum):
    """How a unit ended."""

    DONE = "done"
    FAILED = "failed"
    KEPT = "kept"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult:
    """How a unit ended and what it left.

    Attributes
    ----------
    unit
        Its name.
    status
        ``DONE`` or ``FAILED`` on disk; ``KEPT`` and ``ELSEWHERE`` are only reported.
    settings_digest, input_hash
        Of what it was made; a failed input that could not be read has no hash.
    message, hint
        Why it failed, or who else works on it.
    error
        Name of the kind of failure.
    seconds
        What it took.
    facts
        Backend, frames, scale, residual and the like.
    labels
        What the dataset's metadata have to say, for episodes.
    files
        Sizes of the files of the result by their path.
    """

    unit: str
    status: UnitStatus
    settings_digest: str = ""
    input_hash: str | None = None
    message: str = ""
    hint: str = ""
    error: str = ""
    seconds: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Any] | None = None
    files: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            **asdict(self),
            "status": self.status.value,
        }

    @property
    def is_passing(self) -> bool:
        """Whether the machine was the reason, such as a full disk: then it is always tried again."""
        return self.error in _PASSING

    @property
    def is_of_disk(self) -> bool:
        """Whether a disk or a share was the reason, perhaps for a moment only."""
        return self.error in _OF_DISK

    def without_details(self) -> UnitResult:
        """What is kept in memory of a finished unit, so that thousands take little."""
        facts = {key: self.facts[key] for key in TOLD_FACTS if key in self.facts}
        return replace(self, labels=None, files={}, facts=facts)

    def matches(self, settings_digest: str, input_hash: str | None) -> bool:
        """Whether it was made of this input with these settings."""
        return self.settings_digest == settings_digest and self.input_hash == input_hash


def failed_result(unit: BatchUnit, error: str, message: str, hint: str) -> UnitResult:
    """Why a unit has no result; ``error`` names the kind of failure."""
    return UnitResult(unit=unit.name, status=UnitStatus.FAILED, error=error, message=message, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlace:
    """The folder of a unit among the batch's working files.

    Attributes
    ----------
    folder
        Holds ``work/`` (stages), ``result/`` (finished files) and ``unit.json``.
    """

    folder: Path

    @property
    def work(self) -> Path:
        """Stages of the run; removed when it is finished."""
        return self.folder / "work"

    @property
    def result(self) -> Path:
        """Files that wait to be published; there only when they are complete."""
        return self.folder / "result"

    @property
    def lease(self) -> Path:
        """The claim of who works on it."""
        return self.folder / "lease.json"

    def read(self) -> UnitResult | None:
        """What was left, or None if there is nothing that can be read."""
        try:
            values = read_json(self.folder / RESULT_FILE)
            if values.pop("format") != FORMAT or values.pop("format_version") != FORMAT_VERSION:
                return None
            result = UnitResult(**{**values, "status": UnitStatus(values["status"])})
            return result if _are_below(result.files) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, result: UnitResult) -> None:
        """Note how it ended; the last thing that is written of a unit."""
        write_json(self.folder / RESULT_FILE, result.to_dict())


def unit_place(out: Path, unit: BatchUnit) -> UnitPlace:
    """Where a unit's working files are."""
    return UnitPlace(folder=out / STATE_FOLDER / "units" / unit.key)


def sizes_below(folder: Path) -> dict[str, int]:
    """Sizes of all files below a folder by their relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def _are_below(files: Mapping[str, int]) -> bool:
    """Whether no path leads out of the folder: what is named there is linked into the output."""
    paths = [PurePosixPath(name) for name in files]
    return all(not path.is_absolute() and ".." not in path.parts for path in paths)


def is_whole(folder: Path, files: Mapping[str, int]) -> bool:
    """Whether every file is there with its size."""
    return all(file_size(folder / name) == size for name, size in files.items())
