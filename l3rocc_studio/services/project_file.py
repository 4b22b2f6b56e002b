"""Project files: ``NAME.l3rocc``, JSON, with paths that survive a move of project and source together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import l3rocc_engine
from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.process_note import was_started_before
from l3rocc_studio.model.project_parts import SOURCE_KEY

FORMAT, FORMAT_VERSION = "l3rocc-project", 1
MAX_BYTES = 64 << 20
"""Larger files are none of ours."""
_PATHS = ("path", "workdir")
NOT_OURS = "Open the .l3rocc file that “Save project” wrote."


def save_project(parts: Mapping[str, Any], path: Path, **facts: Any) -> None:
    """Write a project atomically.

    Parameters
    ----------
    parts
        Of :meth:`l3rocc_studio.model.project.Project.to_dict`.
    path
        The file.
    facts
        What else to note in it.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    written = dict(parts)
    source = written.get(SOURCE_KEY)
    if isinstance(source, dict):
        written[SOURCE_KEY] = {**source, "relative": _relative_paths(source, path.parent)}
    write_json(
        path,
        {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "program_version": l3rocc_engine.__version__,
            **facts,
            "parts": written,
        },
    )


def load_project(path: Path) -> dict[str, Any]:
    """The parts of a project file; paths are absolute, and point to where the source is now if it was moved along.

    Raises
    ------
    InputError
        If the file is gone, is damaged, is something else, or was written by a newer program.
    """
    values = _read(path)
    parts = values["parts"]
    source = parts.get(SOURCE_KEY)
    if isinstance(source, dict):
        relative = source.pop("relative", {})
        if isinstance(relative, dict):
            source.update(_found_paths(source, relative, path.parent))
    return dict(parts)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} is too large to be a project.", NOT_OURS)
        values = read_json(path)
    except OSError as error:
        raise InputError(f"The project {path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{path.name} is damaged or not a project: it is not JSON.", NOT_OURS) from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise InputError(f"{path.name} is not a project of this program.", NOT_OURS)
    version = values.get("format_version")
    if version != FORMAT_VERSION:
        raise InputError(
            f"{path.name} was written by a newer version of this program (format {version}; this one reads "
            f"{FORMAT_VERSION}).",
            "Update L3ROcc Studio, or save the project there again in an older form.",
        )
    if not isinstance(values.get("parts"), dict):
        raise InputError(f"{path.name} is damaged: it has no parts.", NOT_OURS)
    return values


def _relative_paths(source: Mapping[str, Any], folder: Path) -> dict[str, str]:
    found = {}
    for key in _PATHS:
        if source.get(key):
            try:
                found[key] = Path(os.path.relpath(source[key], folder.absolute())).as_posix()
            except ValueError:
                continue  # on another drive
    return found


def _found_paths(source: Mapping[str, Any], relative: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Relative paths win where something is there: project and source were moved or copied together."""
    found = {}
    for key in _PATHS:
        if isinstance(relative.get(key), str) and source.get(key):
            beside = Path(os.path.normpath(folder.absolute() / relative[key]))
            if os.path.exists(beside):  # noqa: PTH110  Path.exists raises at names that are too long
                found[key] = str(beside)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a program that ended unexpectedly had open.

    Attributes
    ----------
    file
        Where it was kept.
    project_path
        The project's own file, or None.
    name
        For people.
    parts
        As of :func:`load_project`.
    saved_s
        When it was kept, in seconds since 1970.
    """

    file: Path
    project_path: Path | None
    name: str
    parts: dict[str, Any]
    saved_s: float


class RecoveryFolder:
    """Keeps what is open for the case that the program does not end by itself; one file a program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def own_file(self) -> Path:
        """Where this program keeps what it has open."""
        return self._folder / f"{os.getpid()}.l3rocc"

    def keep(self, parts: Mapping[str, Any], *, project_path: Path | None, name: str) -> None:
        """Write what is open.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        save_project(parts, self.own_file, project_path=None if project_path is None else str(project_path), name=name)

    def forget_own(self) -> None:
        """The program ends, or nothing is open any more."""
        self.own_file.unlink(missing_ok=True)

    def left_behind(self) -> Recovery | None:
        """The newest file of a program that is gone; older and unreadable ones are removed."""
        try:
            files = sorted(self._folder.glob("*.l3rocc"), key=lambda file: file.stat().st_mtime, reverse=True)
        except OSError:
            return None
        found: Recovery | None = None
        for file in files:
            if _is_in_use(file):
                continue
            recovery = None if found else self._read(file)
            if recovery is None:
                file.unlink(missing_ok=True)
            else:
                found = recovery
        return found

    @staticmethod
    def _read(file: Path) -> Recovery | None:
        try:
            parts, values = load_project(file), _read(file)
        except InputError:
            return None
        source = parts.get(SOURCE_KEY)
        if not isinstance(source, dict) or not source.get("path"):
            return None
        known = values.get("project_path")
        return Recovery(
            file=file,
            project_path=Path(known) if isinstance(known, str) else None,
            name=str(values.get("name", file.stem)),
            parts=parts,
            saved_s=file.stat().st_mtime,
        )


def _is_in_use(file: Path) -> bool:
    """Whether the program that keeps this file still runs; its number may have gone to a younger one."""
    if not file.stem.isdigit():
        return True
    try:
        return was_started_before(int(file.stem), file.stat().st_mtime)
    except (OSError, ValueError):
        return False
