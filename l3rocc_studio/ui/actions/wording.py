"""Labels of actions and menus as plain words."""

from __future__ import annotations

import re

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.catalog import PLACES

_ACCESS_KEY = re.compile(r"\(&\w\)|&")
"""In brackets where the script has no such letter."""


def plain_label(label: str) -> str:
    """A label without its access key mark and ellipsis."""
    return without_access_key(label).rstrip("…")


def without_access_key(label: str) -> str:
    """A label without its access key mark."""
    return _ACCESS_KEY.sub("", label)


def menu_text(path: str) -> str:
    """Where an action stands, as ``"View › Video"``."""
    first, *rest = path.split("/")
    return " › ".join((plain_label(tr(PLACES[first])), *(tr(part) for part in rest)))
