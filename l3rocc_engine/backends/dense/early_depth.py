"""Depth that a viewer may show while the pictures are still being matched."""

from __future__ import annotations

from collections.abc import Callable

from l3rocc_engine.backends.dense.stages import DepthStages
from l3rocc_engine.progress import StepProgress
from l3rocc_engine.reconstruction import PointMap


class EarlyDepth:
    """Confirms keyframes one by one during the first pass and hands them out, each once.

    What the pass after it confirms does not depend on it: that goes by the same depths, and writes the same.

    Parameters
    ----------
    stages
        The keyframes.
    tell
        Given what is known of a keyframe once those that it is checked against are matched; called on the thread that
        is told of the progress.
    """

    def __init__(self, stages: DepthStages, tell: Callable[[PointMap], None]) -> None:
        self._stages, self._tell = stages, tell
        self._waiting = list(range(len(stages.views)))

    def following(self, progress: StepProgress) -> StepProgress:
        """The progress of the first pass, looked at."""

        def report(done: int, total: int) -> None:
            progress(done, total)
            if not done:
                return
            ready = [k for k in self._waiting if self._stages.can_confirm(k)]
            self._waiting = [k for k in self._waiting if k not in ready]
            for k in ready:
                self._stages.confirm(k)
                self._tell(self._stages.point_map(k))

        return report
