"""JSON that a person pastes."""

from __future__ import annotations

import json
from typing import Any

from l3rocc_engine.errors import InputError

MAX_TEXT_LENGTH = 1_000_000
"""Longer text is not looked at: a view takes some hundred characters."""
_SHOWN_LENGTH = 40


def json_of_text(text: str, *, hint: str) -> Any:
    """What a text holds.

    Parameters
    ----------
    text
        As it was pasted.
    hint
        What to do where it is not what is needed.

    Raises
    ------
    InputError
        If the text is empty, too long or not JSON.
    """
    if not text.strip():
        raise InputError("There is no text to paste.", hint)
    if len(text) > MAX_TEXT_LENGTH:
        raise InputError("The text is too long to be views.", hint)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        shown = " ".join(text[:_SHOWN_LENGTH].split())
        raise InputError(f"The text is not JSON: “{shown}…”.", hint) from error
