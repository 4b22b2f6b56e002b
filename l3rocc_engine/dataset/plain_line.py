"""What a person writes into a dataset: a line of plain text."""

from __future__ import annotations

from l3rocc_engine.errors import ConfigError


def plain_line(name: str, text: str) -> str:
    """A text without what surrounds it; ``name`` is what it is called.

    Raises
    ------
    ConfigError
        If it is no single line, or has control characters in it.
    """
    if not text.strip().isprintable():
        raise ConfigError(
            f"The {name} must be one line of plain text.", "Leave out line breaks and control characters."
        )
    return text.strip()
