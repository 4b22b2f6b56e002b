"""The settings of a run in words."""

from __future__ import annotations

from collections.abc import Iterable

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.model.words import N_, tr

BACKEND_WORDS = {
    "auto": N_("Automatic"),
    "builtin": N_("Built-in (geometric)"),
    "dataset": N_("Dataset poses"),
    "pi3": N_("π³ (network)"),
}
SETTING_WORDS = {
    "pc_range": N_("range"),
    "voxel_size": N_("voxel size"),
    "interval": N_("interval"),
    "history_len": N_("history length"),
    "history_step": N_("history step"),
    "fps": N_("frame rate"),
    "mesh": N_("thin surfaces"),
    "backend": N_("engine"),
    "frame_range": N_("frames"),
    "min_confidence": N_("min confidence"),
    "edge_depth_step": N_("edge filter"),
    "edge_turn_deg": N_("edge filter"),
    "camera_height": N_("camera height"),
    "scale_points": N_("scale"),
    "scale_distance": N_("scale"),
    "device": N_("device"),
    "weights_file": N_("weights"),
    "network_frames": N_("frames in one pass"),
    "network_pixels": N_("picture size"),
}


def setting_text(key: str) -> str:
    """Name of a setting; one that people never set here is shown as it is written in a settings file."""
    return tr(SETTING_WORDS[key]) if key in SETTING_WORDS else key.replace("_", " ")


def changed_settings(before: PipelineConfig, after: PipelineConfig) -> str:
    """Names of the settings that differ."""
    old, new = before.to_dict(), after.to_dict()
    return ", ".join(dict.fromkeys(setting_text(key) for key in new if new[key] != old.get(key)))


def changes_text(keys: Iterable[str], before: PipelineConfig, after: PipelineConfig) -> str:
    """The named settings, single numbers with what they were and what they are."""
    old, new = before.to_dict(), after.to_dict()
    return ", ".join(dict.fromkeys(_change_text(key, old.get(key), new.get(key)) for key in keys))


def _change_text(key: str, old: object, new: object) -> str:
    numbers = (int, float)
    if isinstance(old, bool) or not isinstance(old, numbers) or not isinstance(new, numbers) or old == new:
        return setting_text(key)
    return tr("{setting} {old:g} → {new:g}").format(setting=setting_text(key), old=old, new=new)
