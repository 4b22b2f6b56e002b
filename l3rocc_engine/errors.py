"""What can go wrong, each with a sentence for the user and a hint of what to do."""

from __future__ import annotations


class L3roccError(Exception):
    """Base of every error that a user may read.

    Parameters
    ----------
    message
        One sentence that names the file or setting and what is wrong with it.
    hint
        What the user can do about it; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[L3roccError], tuple[str, str]]:
        return type(self), (self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(L3roccError):
    """The input cannot be read or is not what it claims to be."""

    exit_code = 2


class ConfigError(L3roccError):
    """A setting is unknown, out of range, or contradicts another."""

    exit_code = 2


class ReconstructionError(L3roccError):
    """The pictures do not allow a reconstruction that could be trusted."""

    exit_code = 3


class OutputError(L3roccError):
    """The result cannot be written, or a written result is not valid."""

    exit_code = 1


class Cancelled(Exception):
    """The user asked to stop. Not an error: finished stages are kept."""

    exit_code = 130
