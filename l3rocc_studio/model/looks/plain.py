"""Frozen dataclasses of numbers, words, enums and one another, to plain values and back."""

from __future__ import annotations

import dataclasses
import reprlib
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from l3rocc_engine.errors import InputError

T = TypeVar("T")
_WORDS = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}


def to_plain(value: Any) -> Any:
    """Dictionaries, numbers, words and None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: to_plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    return value.value if isinstance(value, Enum) else value


def from_plain(kind: type[T], values: Mapping[str, Any], *, origin: str) -> T:
    """A dataclass from what :func:`to_plain` made of one; what is missing takes its default.

    Raises
    ------
    InputError
        An unknown name, a value of the wrong kind, or one that the dataclass itself refuses.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{origin} must hold names and values, not {reprlib.repr(values)}.")
    hints = typing.get_type_hints(kind)
    names = {part.name for part in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(map(str, set(values) - names))
    if unknown:
        raise InputError(f"{origin} has an unknown setting: {', '.join(unknown)}.")
    return kind(**{name: _value(hints[name], value, f"{origin}, {name}") for name, value in values.items()})


def _value(kind: Any, value: Any, origin: str) -> Any:
    if isinstance(kind, types.UnionType):
        (wanted,) = (option for option in typing.get_args(kind) if option is not type(None))
        return None if value is None else _value(wanted, value, origin)
    if dataclasses.is_dataclass(kind):
        return from_plain(typing.cast("type[Any]", kind), value, origin=origin)
    if issubclass(kind, Enum):
        return _member(kind, value, origin)
    is_right = isinstance(value, (int, float) if kind is float else kind)
    if not is_right or (isinstance(value, bool) and kind is not bool):
        raise InputError(f"{origin} must be {_WORDS[kind]}, not {reprlib.repr(value)}.")
    try:
        return kind(value)
    except OverflowError as error:  # a whole number of hundreds of digits
        raise InputError(f"{origin} must be {_WORDS[kind]}, not {reprlib.repr(value)}.") from error


def _member(kind: type[Enum], value: Any, origin: str) -> Enum:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(str(member.value) for member in kind)
        raise InputError(f"{origin} must be one of {known}, not {reprlib.repr(value)}.") from error
