"""One run: stages with cached results, from frames to occupancy.

What is named here is imported when it is first asked for: the stages' libraries are slow to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.late_imports import late_imports

if TYPE_CHECKING:
    from l3rocc_engine.pipeline.plan import PlannedStage, plan_stages
    from l3rocc_engine.pipeline.process import process_source
    from l3rocc_engine.pipeline.stage import has_finished_stage

__all__ = ["PlannedStage", "has_finished_stage", "plan_stages", "process_source"]

if not TYPE_CHECKING:  # a checker would take it for a package that has every name
    __getattr__ = late_imports(
        __name__,
        {
            "PlannedStage": "plan",
            "has_finished_stage": "stage",
            "plan_stages": "plan",
            "process_source": "process",
        },
    )
