"""Values under a name: some that come along, and those that a person saves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_studio.model.signal import Signal

T = TypeVar("T")
MAX_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetKind(Generic[T]):
    """What presets are of.

    Attributes
    ----------
    built_in
        Those that come along: the name, and what is changed, as plain values.
    apply
        A value with changes; raises an ``L3roccError`` if they do not go together.
    changes_of
        What a preset keeps of a value.
    """

    built_in: Mapping[str, dict[str, Any]]
    apply: Callable[[T, Mapping[str, Any]], T]
    changes_of: Callable[[T], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset(Generic[T]):
    """Some changes under a name.

    Attributes
    ----------
    kind
        What they are changes of.
    name
        For people.
    changes
        Name and value.
    is_own
        Whether a person saved it.
    """

    kind: PresetKind[T]
    name: str
    changes: dict[str, Any]
    is_own: bool = False

    def applied(self, value: T) -> T:
        """The value with the changes of the preset.

        Raises
        ------
        L3roccError
            If they do not go together, as when the voxel size does not divide the range.
        """
        return self.kind.apply(value, self.changes)

    def fits(self, value: T) -> bool:
        """Whether the value is that of the preset already."""
        try:
            return self.applied(value) == value
        except L3roccError:
            return False


class Presets(Generic[T]):
    """Presets in their order, those of the program first.

    Attributes
    ----------
    changed
        No arguments: a person's preset came or went.
    """

    def __init__(self, kind: PresetKind[T], own: Iterable[Preset[T]] = ()) -> None:
        self.changed: Signal[[]] = Signal()
        self._kind = kind
        self._built_in = tuple(Preset(kind=kind, name=name, changes=changes) for name, changes in kind.built_in.items())
        self._own = tuple(own)

    @property
    def all(self) -> tuple[Preset[T], ...]:
        """Every preset."""
        return (*self._built_in, *self._own)

    @property
    def own(self) -> tuple[Preset[T], ...]:
        """Those that a person saved."""
        return self._own

    def fitting(self, value: T) -> Preset[T] | None:
        """The preset whose value this is; a person's own comes first."""
        return next((preset for preset in (*self._own, *self._built_in) if preset.fits(value)), None)

    def save(self, name: str, value: T) -> None:
        """Keep a value under a name; a preset of a person with this name is replaced.

        Raises
        ------
        InputError
            If the name is none, or one of the program's.
        """
        name = name.strip()
        if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
            raise InputError(f"A preset needs a name of 1 to {MAX_NAME_LENGTH} characters.")
        if any(preset.name.lower() == name.lower() for preset in self._built_in):
            raise InputError(f"“{name}” comes with the program and stays as it is.", "Choose another name.")
        kept = [preset for preset in self._own if preset.name != name]
        saved = Preset(kind=self._kind, name=name, changes=self._kind.changes_of(value), is_own=True)
        self._own = (*kept, saved)
        self.changed.emit()

    def remove(self, name: str) -> None:
        """Forget a person's preset."""
        kept = tuple(preset for preset in self._own if preset.name != name)
        if kept != self._own:
            self._own = kept
            self.changed.emit()

    def to_dict(self) -> dict[str, Any]:
        """A person's presets as plain values."""
        return {"presets": [{"name": preset.name, "changes": preset.changes} for preset in self._own]}


def presets_from_dict(kind: PresetKind[T], values: Mapping[str, Any]) -> Presets[T]:
    """Read presets as :meth:`Presets.to_dict` writes them; those that make no sense any more are left out.

    Raises
    ------
    InputError
        If these are no presets.
    """
    listed = values.get("presets") if isinstance(values, Mapping) else None
    if not isinstance(listed, list):
        raise InputError("These are not presets.")
    found = []
    for each in listed:
        if isinstance(each, dict) and isinstance(each.get("name"), str) and isinstance(each.get("changes"), dict):
            found.append(Preset(kind=kind, name=each["name"], changes=each["changes"], is_own=True))
    return Presets(kind, found)
