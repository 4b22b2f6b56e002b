"""A mistake of the program itself, as a person is told of it."""

from __future__ import annotations

from l3rocc_engine.errors import L3roccError


def told(error: Exception) -> L3roccError:
    """What is no sentence for people, in one; whoever catches it notes the traceback in the log."""
    return L3roccError(
        f"Something went wrong inside the program: {type(error).__name__}: {error}.",
        "Please send the report of this message to the developers.",
    )
