"""The record that describes one action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Need(Enum):
    """What must be open before an action makes sense."""

    NOTHING = "nothing"
    SOURCE = "source"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """One action.

    Attributes
    ----------
    key
        Stable name, also the object name of the QAction.
    label
        Text in menus; ``&`` marks the access key, ``…`` says that more input follows.
    tooltip
        What it does, in a sentence without its shortcut, which is added.
    shortcut
        Key sequences in portable text.
    icon
        Name of an icon, or empty.
    menu
        Menu that lists it, as ``"File"`` or ``"View/Theme"``; empty for none.
    words
        What else it is found by in the command palette, in any language.
    starts_group
        Whether a separator comes before it in its menu.
    is_checkable
        Whether it is on or off.
    needs
        What must be open for it to make sense.
    """

    key: str
    label: str
    tooltip: str
    shortcut: tuple[str, ...] = ()
    icon: str = ""
    menu: str = ""
    words: str = ""
    starts_group: bool = False
    is_checkable: bool = False
    needs: Need = Need.NOTHING
