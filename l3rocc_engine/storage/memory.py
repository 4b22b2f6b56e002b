"""Refuses to load what the machine cannot hold."""

from __future__ import annotations

import psutil

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.space import readable_size

SHARE = 0.6
"""Share of the free memory that one file may take."""


def require_memory(num_bytes: int, what: str) -> None:
    """Ask before loading.

    Parameters
    ----------
    num_bytes
        Needed at the peak.
    what
        What needs it, to begin the sentence: a file's name.

    Raises
    ------
    InputError
        If it does not fit, with both numbers.
    """
    free = psutil.virtual_memory().available
    if num_bytes > SHARE * free:
        raise InputError(
            f"{what} would need {readable_size(num_bytes)} of memory, but only {readable_size(free)} are free.",
            "Close other programs, or look at a smaller part of it.",
        )
