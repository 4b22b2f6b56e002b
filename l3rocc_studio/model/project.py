"""What a project file holds: parts that write and read themselves, and those of others, kept as they came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.signal import Signal


class ProjectPart(Protocol):
    """Something that is saved with a project, such as the marks on the timeline.

    Attributes
    ----------
    key
        Its name in the file; never changes once files were written.
    """

    key: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        ...

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Take values over as :meth:`to_dict` writes them; what is missing takes its default.

        Raises
        ------
        L3roccError
            If they make no sense; the part stays as it was.
        """
        ...

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call ``listener`` after each change that is worth saving; the returned function disconnects."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectState:
    """All that is open, to be opened again as it is.

    Attributes
    ----------
    parts
        As of :meth:`Project.to_dict`.
    path
        The project's file, or None.
    is_dirty
        Whether it has unsaved changes.
    """

    parts: dict[str, Any]
    path: Path | None
    is_dirty: bool


class Project:
    """The parts of what is open, and whether something in them has not been saved.

    A part that is not known here is written back as it came, and so is one that cannot be read, until it is changed.

    Attributes
    ----------
    changed
        No arguments: another file, or other changes than before.
    touched
        No arguments: something was changed, whether or not it was the first thing.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self.touched: Signal[[]] = Signal()
        self._parts: dict[str, ProjectPart] = {}
        self._disconnects: list[Callable[[], None]] = []
        self._foreign: dict[str, Any] = {}
        self._path: Path | None = None
        self._is_dirty = False
        self._is_loading = False

    @property
    def path(self) -> Path | None:
        """The file, or None while there is none."""
        return self._path

    @property
    def name(self) -> str:
        """The file's name without its suffix; empty while there is none."""
        return self._path.stem if self._path else ""

    @property
    def is_dirty(self) -> bool:
        """Whether something was changed since it was opened or saved."""
        return self._is_dirty

    def register(self, part: ProjectPart) -> None:
        """Add a part; parts are read in the order in which they were added.

        Raises
        ------
        ValueError
            If there is one of this name already.
        """
        if part.key in self._parts:
            raise ValueError(f"There is a part {part.key!r} already.")
        self._parts[part.key] = part
        self._disconnects.append(part.connect(partial(self._touch, part.key)))

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def start_over(self) -> None:
        """Something else is open now, without a file."""
        self._foreign = {}
        self._set(path=None, is_dirty=False)

    def to_dict(self) -> dict[str, Any]:
        """All parts by name, those of others included."""
        return {**{key: part.to_dict() for key, part in self._parts.items()}, **self._foreign}

    @property
    def state(self) -> ProjectState:
        """Everything as it is now."""
        return ProjectState(parts=self.to_dict(), path=self._path, is_dirty=self._is_dirty)

    def load(self, parts: Mapping[str, Any], path: Path | None, *, is_dirty: bool = False) -> list[str]:
        """Take over what a file holds; what it is about must be open already.

        Returns
        -------
        list of str
            Sentences about parts that could not be read; they are kept for the next time the file is written.
        """
        self._foreign = {key: values for key, values in parts.items() if key not in self._parts}
        problems: list[str] = []
        self._is_loading = True
        try:
            for key, part in self._parts.items():
                problem = self._load_part(part, parts[key]) if key in parts else ""
                if problem:
                    self._foreign[key] = parts[key]
                    problems.append(problem)
        finally:
            self._is_loading = False
        self._set(path=path, is_dirty=is_dirty)
        return problems

    def note_saved(self, path: Path) -> None:
        """Everything is in this file now."""
        self._set(path=path, is_dirty=False)

    @staticmethod
    def _load_part(part: ProjectPart, values: Any) -> str:
        try:
            if not isinstance(values, Mapping):
                raise InputError(f"The part “{part.key}” is damaged.")
            part.from_dict(values)
        except InputError as error:
            return error.message
        return ""

    def _touch(self, key: str) -> None:
        if self._is_loading:
            return
        self._foreign.pop(key, None)
        self._is_dirty, was_dirty = True, self._is_dirty
        if not was_dirty:
            self.changed.emit()
        self.touched.emit()

    def _set(self, *, path: Path | None, is_dirty: bool) -> None:
        if (path, is_dirty) != (self._path, self._is_dirty):
            self._path, self._is_dirty = path, is_dirty
            self.changed.emit()
