"""Presets of the looks of both panels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from l3rocc_studio.model.looks.backdrop import Backdrop, BackdropKind
from l3rocc_studio.model.looks.cloud_look import CloudColor, CloudLook
from l3rocc_studio.model.looks.occupancy_look import OccupancyLook, VoxelColor, VoxelShape
from l3rocc_studio.model.looks.palette_name import PaletteName
from l3rocc_studio.model.looks.panel_looks import PanelLooks, panel_looks_from_dict
from l3rocc_studio.model.presets import PresetKind
from l3rocc_studio.model.words import N_

_PANELS = ("cloud", "occupancy")
_OF_ONE_SCENE = "filters"
"""Distances and heights that are cut belong to one scene, and so to no preset."""
_PAPER = Backdrop(kind=BackdropKind.WHITE)


def _changes_of(looks: PanelLooks) -> dict[str, Any]:
    values = looks.to_dict()
    return {panel: {name: value for name, value in values[panel].items() if name != _OF_ONE_SCENE} for panel in _PANELS}


def _applied(looks: PanelLooks, changes: Mapping[str, Any]) -> PanelLooks:
    values = looks.to_dict()
    merged = {panel: {**values[panel], **changes.get(panel, {})} for panel in _PANELS}
    return panel_looks_from_dict({**values, **merged}, origin="the preset")


def _preset(cloud: CloudLook, occupancy: OccupancyLook) -> dict[str, Any]:
    return _changes_of(PanelLooks(cloud=cloud, occupancy=occupancy))


LOOK_PRESETS: PresetKind[PanelLooks] = PresetKind(
    built_in={
        N_("Standard"): _preset(CloudLook(), OccupancyLook()),
        N_("Seen and hidden"): _preset(
            CloudLook(has_occupancy=True), OccupancyLook(has_occluded=True, has_never_seen=True)
        ),
        N_("Heights"): _preset(
            CloudLook(color=CloudColor.HEIGHT, palette=PaletteName.TURBO),
            OccupancyLook(color=VoxelColor.HEIGHT, palette=PaletteName.TURBO),
        ),
        N_("Confidence"): _preset(CloudLook(color=CloudColor.CONFIDENCE, has_keyframes=True), OccupancyLook()),
        N_("Figure on white"): _preset(
            CloudLook(backdrop=_PAPER, has_legend=False, has_picture=False),
            OccupancyLook(backdrop=_PAPER, has_legend=False, has_box=False, shape=VoxelShape.CUBES),
        ),
    },
    apply=_applied,
    changes_of=_changes_of,
)
