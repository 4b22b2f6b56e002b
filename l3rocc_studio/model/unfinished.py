"""What became of a run that was begun and has no result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A run that was stopped, or that ended with the program.

    Attributes
    ----------
    percent
        How far it had come by time.
    has_stages
        Whether a stage was finished, which the next run goes on from.
    """

    percent: int
    has_stages: bool


def unfinished_to_dict(runs: Mapping[Path, Unfinished]) -> dict[str, Any]:
    """Plain values for JSON."""
    return {str(path): [each.percent, each.has_stages] for path, each in runs.items()}


def unfinished_from_dict(values: Mapping[str, Any]) -> dict[Path, Unfinished]:
    """Read what :func:`unfinished_to_dict` wrote; entries that make no sense are left out."""
    found = {}
    for path, entry in values.items():
        match entry:
            case [int(percent), bool(has_stages)] if 0 <= percent <= 100:
                found[Path(path)] = Unfinished(percent=percent, has_stages=has_stages)
    return found
