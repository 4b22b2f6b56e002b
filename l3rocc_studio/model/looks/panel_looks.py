"""The looks of both panels as one value, and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from l3rocc_studio.model.looks.cloud_look import CloudLook
from l3rocc_studio.model.looks.occupancy_look import OccupancyLook
from l3rocc_studio.model.looks.plain import from_plain, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLooks:
    """How the panels show a run.

    Attributes
    ----------
    cloud, occupancy
        The two 3D panels.
    edits_range
        Whether the box of the range has handles, in both.
    """

    cloud: CloudLook = field(default_factory=CloudLook)
    occupancy: OccupancyLook = field(default_factory=OccupancyLook)
    edits_range: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = to_plain(self)
        assert isinstance(values, dict)
        return values


def panel_looks_from_dict(values: Mapping[str, Any], *, origin: str) -> PanelLooks:
    """Read looks from plain values; what is missing is as usual.

    Parameters
    ----------
    values
        As :meth:`PanelLooks.to_dict` makes them.
    origin
        Where they come from, for messages.

    Raises
    ------
    InputError
        An unknown name, or a value that makes no sense.
    """
    return from_plain(PanelLooks, values, origin=origin)
