"""A person's presets on disk."""

from __future__ import annotations

import logging
from pathlib import Path

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.json_file import read_json
from l3rocc_studio.model.presets import PresetKind, Presets, T, presets_from_dict

_log = logging.getLogger(__name__)


def load_presets(file: Path, kind: PresetKind[T]) -> Presets[T]:
    """Presets of a file; none if it is not there or cannot be read."""
    if not file.is_file():
        return Presets(kind)
    try:
        return presets_from_dict(kind, read_json(file))
    except (OSError, ValueError, InputError) as error:
        _log.warning("The presets %s cannot be read: %s", file, error)
        return Presets(kind)


def save_presets(presets: Presets[T], file: Path) -> None:
    """Write presets atomically.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_json(file, presets.to_dict())
