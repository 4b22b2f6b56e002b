"""Icons and themes: beside the sources in a checkout, in a package of their own once installed."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

RESOURCE_PACKAGE = "l3rocc_resources"


@cache
def resource_text(*names: str) -> str:
    """Text of a file below ``resources/``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    beside = Path(__file__).resolve().parents[2] / "resources"
    root = beside if beside.is_dir() else resources.files(RESOURCE_PACKAGE)
    return root.joinpath(*names).read_text(encoding="utf-8")
