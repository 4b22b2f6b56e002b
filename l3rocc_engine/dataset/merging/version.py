"""The versions of LeRobot's format that a merge can write."""

from __future__ import annotations

from typing import Literal

Version = Literal["v2.1", "v3.0"]
VERSIONS: tuple[Version, ...] = ("v2.1", "v3.0")
