"""What the window remembers between starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from l3rocc_studio.model.export_request import DatasetOptions
from l3rocc_studio.model.unfinished import Unfinished, unfinished_from_dict, unfinished_to_dict
from l3rocc_studio.model.words import SYSTEM

_MAX_RECENT = 10


class StudioSettings:
    """Typed access to an ini file.

    Parameters
    ----------
    path
        The ini file; made on the first write.
    """

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def sync(self) -> None:
        """Write now."""
        self._store.sync()

    @property
    def recent(self) -> list[Path]:
        """Inputs and projects opened lately, newest first; some may be gone."""
        value = self._store.value("recent", [])
        # An ini file gives a list of one back as plain text.
        names = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        return [Path(name) for name in names]

    def add_recent(self, path: Path) -> None:
        """Put an input first."""
        rest = [item for item in self.recent if item != path]
        self._store.setValue("recent", [str(item) for item in [path, *rest][:_MAX_RECENT]])

    def forget_recent(self, path: Path) -> None:
        """Take one off the list."""
        self._store.setValue("recent", [str(item) for item in self.recent if item != path])

    @property
    def unfinished(self) -> dict[Path, Unfinished]:
        """Inputs opened lately whose last run came to no end."""
        try:
            values = json.loads(str(self._store.value("unfinished", "{}")))
        except (ValueError, RecursionError):
            return {}
        return unfinished_from_dict(values) if isinstance(values, dict) else {}

    def note_unfinished(self, path: Path, run: Unfinished | None) -> None:
        """Note how far the last run of an input came; None where there is nothing to go on with."""
        recent = self.recent
        noted = {each: kept for each, kept in self.unfinished.items() if each != path and each in recent}
        self._store.setValue("unfinished", json.dumps(unfinished_to_dict({**noted, path: run} if run else noted)))

    def clear_recent(self) -> None:
        """Forget them all."""
        self._store.remove("recent")

    def folder(self, purpose: str, first: Path | None = None) -> str:
        """The folder last used to open or to export; before there is one ``first``, else the person's own folder."""
        return str(self._store.value(f"folder/{purpose}", str(first or Path.home())))

    def set_folder(self, purpose: str, folder: Path) -> None:
        """Remember a folder."""
        self._store.setValue(f"folder/{purpose}", str(folder))

    def bytes_of(self, key: str) -> QByteArray | None:
        """Saved window or splitter state."""
        value = self._store.value(f"state/{key}")
        return value if isinstance(value, QByteArray) else None

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Save window or splitter state."""
        self._store.setValue(f"state/{key}", value)

    @property
    def page(self) -> str:
        """Key of the side bar page that was shown last."""
        return str(self._store.value("page", ""))

    @page.setter
    def page(self, key: str) -> None:
        self._store.setValue("page", key)

    @property
    def theme(self) -> str:
        """One of ``system``, ``dark``, ``light``."""
        return str(self._store.value("theme", "system"))

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def looks(self) -> dict[str, Any]:
        """How the panels looked, as plain values; empty where nothing is remembered."""
        try:
            values = json.loads(str(self._store.value("looks", "{}")))
        except (ValueError, RecursionError):
            return {}
        return values if isinstance(values, dict) else {}

    @looks.setter
    def looks(self, values: Mapping[str, Any]) -> None:
        self._store.setValue("looks", json.dumps(values))

    @property
    def recent_commands(self) -> list[str]:
        """Keys of the actions chosen from the palette lately, newest first."""
        value = self._store.value("recent_commands", [])
        return [str(key) for key in value] if isinstance(value, list) else [value] if isinstance(value, str) else []

    @recent_commands.setter
    def recent_commands(self, keys: list[str]) -> None:
        self._store.setValue("recent_commands", keys)

    @property
    def dataset_words(self) -> DatasetOptions:
        """Task and robot that were given with the last exported dataset."""
        task, robot_type = (str(self._store.value(f"dataset/{name}", "")) for name in ("task", "robot_type"))
        return DatasetOptions(task=task, robot_type=robot_type)

    @dataset_words.setter
    def dataset_words(self, words: DatasetOptions) -> None:
        self._store.setValue("dataset/task", words.task)
        self._store.setValue("dataset/robot_type", words.robot_type)

    @property
    def has_smooth_views(self) -> bool:
        """Whether cameras travel to a new view."""
        return self._store.value("smooth_views", "true") in ("true", True)

    @has_smooth_views.setter
    def has_smooth_views(self, is_smooth: bool) -> None:
        self._store.setValue("smooth_views", "true" if is_smooth else "false")

    @property
    def orbit_speed_deg(self) -> int:
        """Degrees that an orbiting camera goes round in a second."""
        text = str(self._store.value("orbit_speed_deg", ""))
        return int(text) if text.isdecimal() else 20

    @orbit_speed_deg.setter
    def orbit_speed_deg(self, degrees_per_s: int) -> None:
        self._store.setValue("orbit_speed_deg", str(degrees_per_s))

    @property
    def large_panel(self) -> str:
        """Name of the panel in the large place."""
        return str(self._store.value("large_panel", ""))

    @large_panel.setter
    def large_panel(self, name: str) -> None:
        self._store.setValue("large_panel", name)

    @property
    def overlay_fill(self) -> str:
        """What is laid over the video."""
        return str(self._store.value("overlay/fill", ""))

    @overlay_fill.setter
    def overlay_fill(self, name: str) -> None:
        self._store.setValue("overlay/fill", name)

    @property
    def has_overlay_path(self) -> bool:
        """Whether the way ahead is drawn into the video."""
        return self._store.value("overlay/path", "false") in ("true", True)

    @has_overlay_path.setter
    def has_overlay_path(self, has_path: bool) -> None:
        self._store.setValue("overlay/path", "true" if has_path else "false")

    @property
    def overlay_opacity(self) -> float:
        """How much an overlay covers the video, from 0.1 to 1."""
        text = str(self._store.value("overlay/opacity_percent", ""))
        return min(max(int(text), 10), 100) / 100 if text.isdecimal() else 0.6

    @overlay_opacity.setter
    def overlay_opacity(self, opacity: float) -> None:
        self._store.setValue("overlay/opacity_percent", str(round(100 * opacity)))

    @property
    def are_weights_terms_accepted(self) -> bool:
        """Whether the person accepted the terms of the π³ weights."""
        return self._store.value("weights_terms_accepted", "false") in ("true", True)

    @are_weights_terms_accepted.setter
    def are_weights_terms_accepted(self, is_accepted: bool) -> None:
        self._store.setValue("weights_terms_accepted", "true" if is_accepted else "false")

    @property
    def keys(self) -> dict[str, str]:
        """Key sequences that the person changed, by action; an empty one takes the key away."""
        self._store.beginGroup("keys")
        found = {key: str(self._store.value(key, "")) for key in self._store.childKeys()}
        self._store.endGroup()
        return found

    @keys.setter
    def keys(self, keys: dict[str, str]) -> None:
        self._store.remove("keys")
        for key, sequence in keys.items():
            self._store.setValue(f"keys/{key}", sequence)

    @property
    def language(self) -> str:
        """``system``, or the code of a language."""
        return str(self._store.value("language", SYSTEM))

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)
