"""What a run with the present settings would do and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from l3rocc_engine.config import PipelineConfig

if TYPE_CHECKING:  # the pipeline brings numba and OpenCV along
    from l3rocc_engine.pipeline.forecast import Forecast, Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Other settings with which a run fits this machine."""

    config: PipelineConfig
    forecast: Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A look ahead.

    Attributes
    ----------
    config
        The settings that it is about.
    backend, reason
        What would be used, and why.
    refusal
        Why these settings cannot be used with this source; empty if they can.
    is_in_vain
        Whether that is sure to stay so, whatever else becomes free or is fetched: to start would be in vain.
    kept, redone
        Names of the stages (``reconstruction``, ``cloud``, ``occupancy``) whose results are there, and of the others.
    kept_steps
        The same for the finer steps that report progress.
    changed
        Names of the settings that differ from those of the result that is shown, by the stage that heeds them; empty
        while none is shown.
    forecast
        None if the settings are refused.
    room
        What is free.
    proposal
        What fits if this does not; None if it does, or nothing fits.
    slowdown
        How much longer than forecast it may take because the machine has other work to do; 1 if it has none.
    """

    config: PipelineConfig
    backend: str = ""
    reason: str = ""
    refusal: str = ""
    is_in_vain: bool = False
    kept: tuple[str, ...] = ()
    redone: tuple[str, ...] = ()
    kept_steps: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forecast: Forecast | None = None
    room: Room | None = None
    proposal: Proposal | None = None
    slowdown: float = 1.0

    @property
    def is_done(self) -> bool:
        """Whether every stage is there already."""
        return bool(self.kept) and not self.redone

    @property
    def is_shown(self) -> bool:
        """Whether the result that is shown is the one that a run would make."""
        return bool(self.changed) and not any(self.changed.values())

    @property
    def lacks(self) -> tuple[str, ...]:
        """Which of ``memory`` and ``disk`` is too small."""
        return self.room.lacks(self.forecast) if self.room and self.forecast else ()
