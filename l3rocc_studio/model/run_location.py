"""Where a run can be loaded from again, by this process or by a child."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLocation:
    """Enough to load a finished run again without computing anything.

    Attributes
    ----------
    path
        The source that was processed, or the dataset folder that holds the finished run.
    workdir
        Folder of the run's stages; None if ``path`` is a dataset folder.
    config
        Settings of the run as plain values; empty for a dataset folder, which brings its own. A dataset folder's run
        that was given another scale afterwards has the settings with that scale.
    episode
        Number of the episode, where ``path`` is a dataset that has several.
    """

    path: Path
    workdir: Path | None
    config: dict[str, Any]
    episode: int | None = None

    @property
    def is_dataset(self) -> bool:
        """Whether the run lies in a dataset folder."""
        return self.workdir is None
