"""What a reconstruction backend is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_engine.reconstruction import PointMap, Reconstruction

PointMapSink = Callable[[PointMap, Trajectory], None]
"""Called with point maps and the poses known so far, so that a viewer can grow the cloud; a later map of the same frame
takes the place of the earlier one, which was rougher."""


class Backend(Protocol):
    """Makes a :class:`Reconstruction` of a source; the same input and config give the same result."""

    @property
    def name(self) -> str:
        """Stable name, as in ``--backend NAME``."""
        ...

    def refusal(self, source: FrameSource, config: PipelineConfig) -> str | None:
        """Why this backend cannot take the source, in a sentence for the user, or None if it can try."""
        ...

    def reconstruct(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> Reconstruction:
        """Reconstruct the source.

        Raises
        ------
        ReconstructionError
            If the pictures do not allow a result that can be trusted; says which problem and what to do.
        Cancelled
            If ``cancel`` was set; checked at least every half second.
        """
        ...
