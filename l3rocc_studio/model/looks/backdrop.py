"""What is behind everything in a panel."""

from __future__ import annotations

import re
import reprlib
from dataclasses import dataclass
from enum import Enum

from l3rocc_engine.errors import InputError


class BackdropKind(Enum):
    """Where the colour comes from."""

    THEME = "theme"
    BLACK = "black"
    WHITE = "white"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """The background of a 3D panel.

    Attributes
    ----------
    kind
        As the theme is, black, white, or a colour of one's own.
    color
        That colour, as ``"#1b1f27"``; kept while another kind is chosen.
    """

    kind: BackdropKind = BackdropKind.THEME
    color: str = "#2f3a4a"

    def __post_init__(self) -> None:
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.color):
            raise InputError(f"A colour is written like #1b1f27, not {reprlib.repr(self.color)}.")
