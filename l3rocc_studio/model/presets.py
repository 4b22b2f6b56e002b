"""Settings under a name: three that come along, and those that a person saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_studio.model.signal import Signal
from l3rocc_studio.model.words import N_

SOURCE_SETTINGS = ("frame_range", "fps", "scale_points", "scale_distance", "schema_version")
"""Settings that belong to one source, and so to no preset."""
MAX_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Some settings under a name.

    Attributes
    ----------
    name
        For people.
    changes
        Setting and value.
    is_own
        Whether a person saved it.
    """

    name: str
    changes: dict[str, Any]
    is_own: bool = False

    def applied(self, config: PipelineConfig) -> PipelineConfig:
        """The settings with those of the preset.

        Raises
        ------
        ConfigError
            If they do not go together, as when the voxel size does not divide the range.
        """
        return config.with_changes(self.changes)

    def fits(self, config: PipelineConfig) -> bool:
        """Whether the settings are those of the preset already."""
        try:
            return self.applied(config) == config
        except ConfigError:
            return False


BUILT_IN = (
    Preset(name=N_("Fast"), changes={"voxel_size": 0.05, "interval": 20, "mesh": False}),
    Preset(name=N_("Balanced"), changes={"voxel_size": 0.02, "interval": 10, "mesh": False}),
    Preset(name=N_("Fine"), changes={"voxel_size": 0.01, "interval": 5, "mesh": False}),
)


class Presets:
    """Presets in their order, those of the program first.

    Attributes
    ----------
    changed
        No arguments: a person's preset came or went.
    """

    def __init__(self, own: Iterable[Preset] = ()) -> None:
        self.changed: Signal[[]] = Signal()
        self._own = tuple(own)

    @property
    def all(self) -> tuple[Preset, ...]:
        """Every preset."""
        return (*BUILT_IN, *self._own)

    @property
    def own(self) -> tuple[Preset, ...]:
        """Those that a person saved."""
        return self._own

    def fitting(self, config: PipelineConfig) -> Preset | None:
        """The preset that the settings are those of; a person's own comes first."""
        return next((preset for preset in (*self._own, *BUILT_IN) if preset.fits(config)), None)

    def save(self, name: str, config: PipelineConfig) -> None:
        """Keep settings under a name; a preset of a person with this name is replaced.

        Raises
        ------
        InputError
            If the name is none, or one of the program's.
        """
        name = name.strip()
        if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
            raise InputError(f"A preset needs a name of 1 to {MAX_NAME_LENGTH} characters.")
        if any(preset.name.lower() == name.lower() for preset in BUILT_IN):
            raise InputError(f"“{name}” comes with the program and stays as it is.", "Choose another name.")
        changes = {key: value for key, value in config.to_dict().items() if key not in SOURCE_SETTINGS}
        kept = [preset for preset in self._own if preset.name != name]
        self._own = (*kept, Preset(name=name, changes=changes, is_own=True))
        self.changed.emit()

    def remove(self, name: str) -> None:
        """Forget a person's preset."""
        kept = tuple(preset for preset in self._own if preset.name != name)
        if kept != self._own:
            self._own = kept
            self.changed.emit()

    def to_dict(self) -> dict[str, Any]:
        """A person's presets as plain values."""
        return {"presets": [{"name": preset.name, "changes": preset.changes} for preset in self._own]}


def presets_from_dict(values: Mapping[str, Any]) -> Presets:
    """Read presets as :meth:`Presets.to_dict` writes them; those that make no sense any more are left out.

    Raises
    ------
    InputError
        If these are no presets.
    """
    listed = values.get("presets") if isinstance(values, Mapping) else None
    if not isinstance(listed, list):
        raise InputError("These are no presets.")
    found = []
    for each in listed:
        if isinstance(each, dict) and isinstance(each.get("name"), str) and isinstance(each.get("changes"), dict):
            found.append(Preset(name=each["name"], changes=each["changes"], is_own=True))
    return Presets(found)
