"""Presets of the settings of a run."""

from __future__ import annotations

from typing import Any

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.model.presets import PresetKind
from l3rocc_studio.model.words import N_

SOURCE_SETTINGS = ("frame_range", "fps", "scale_points", "scale_distance", "schema_version")
"""Settings that belong to one source, and so to no preset."""


def _changes_of(config: PipelineConfig) -> dict[str, Any]:
    return {key: value for key, value in config.to_dict().items() if key not in SOURCE_SETTINGS}


SETTING_PRESETS: PresetKind[PipelineConfig] = PresetKind(
    built_in={
        N_("Fast"): {"voxel_size": 0.05, "interval": 20, "mesh": False},
        N_("Balanced"): {"voxel_size": 0.02, "interval": 10, "mesh": False},
        N_("Fine"): {"voxel_size": 0.01, "interval": 5, "mesh": False},
    },
    apply=PipelineConfig.with_changes,
    changes_of=_changes_of,
)
