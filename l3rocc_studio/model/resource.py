"""Icons, themes and translations: beside the sources in a checkout, in a package of their own once installed."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

RESOURCE_PACKAGE = "l3rocc_resources"


def resource(*names: str) -> Traversable:
    """A file or folder below ``resources/``, which need not be there."""
    beside = Path(__file__).resolve().parents[2] / "resources"
    root: Traversable = beside if beside.is_dir() else resources.files(RESOURCE_PACKAGE)
    return root.joinpath(*names)


@cache
def resource_text(*names: str) -> str:
    """Text of a file below ``resources/``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    return resource(*names).read_text(encoding="utf-8")
