"""Letters for films: a font that has all of a line's characters, wherever this machine keeps one."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageFont

from l3rocc_engine.errors import InputError

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

SYSTEM_FONTS = (
    ("DejaVuSans.ttf", 0),
    ("NotoSans-Regular.ttf", 0),
    ("LiberationSans-Regular.ttf", 0),
    ("segoeui.ttf", 0),
    ("arial.ttf", 0),
    ("Helvetica.ttc", 0),
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("msyh.ttc", 0),
    ("malgun.ttf", 0),
    ("PingFang.ttc", 0),
    ("Arial Unicode.ttf", 0),
)
"""Names of files, and which font in a collection, of Linux, Windows and macOS; what comes first is preferred."""
NEVER_A_CHARACTER = "\U0010ffff"
PROBE_PX = 24


def font_for(words: str, size_px: float) -> Font:
    """A font of a size that has all characters: the one that comes along, else the first of this machine's.

    Raises
    ------
    InputError
        If none has them all.
    """
    size_px = max(1.0, size_px)
    if not _missing(None, words):
        return ImageFont.load_default(size=size_px)
    for name in SYSTEM_FONTS:
        if _probe(name) is not None and not _missing(name, words):
            return ImageFont.truetype(name[0], size_px, index=name[1])
    missing = min((_missing(name, words) for name in (None, *SYSTEM_FONTS) if _probe(name) is not None), key=len)
    raise InputError(
        f"No font on this machine has the characters {missing} of {words!r}.",
        "Install one that has, such as Noto Sans CJK, or leave out these characters.",
    )


def _missing(name: tuple[str, int] | None, words: str) -> str:
    """The characters that a font lacks."""
    return "".join(letter for letter in dict.fromkeys(words) if not _has(name, letter))


@lru_cache(maxsize=4096)
def _has(name: tuple[str, int] | None, letter: str) -> bool:
    font = _probe(name)
    if font is None or unicodedata.category(letter)[0] in "CZ":
        return font is not None  # spaces and controls are drawn by nobody
    found, blank = font.getmask(letter), font.getmask(NEVER_A_CHARACTER)
    return found.size != blank.size or bytes(found) != bytes(blank)


@lru_cache(maxsize=64)
def _probe(name: tuple[str, int] | None) -> Font | None:
    """A font to ask for its characters; None where the machine has none of this name."""
    if name is None:
        return ImageFont.load_default(size=PROBE_PX)
    try:
        return ImageFont.truetype(name[0], PROBE_PX, index=name[1])
    except OSError:
        return None
