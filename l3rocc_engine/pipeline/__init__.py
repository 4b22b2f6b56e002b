"""One run: stages with cached results, from frames to occupancy."""

from __future__ import annotations

from l3rocc_engine.pipeline.plan import PlannedStage, changed_settings, plan_stages
from l3rocc_engine.pipeline.process import process_source
from l3rocc_engine.pipeline.stage import has_finished_stage

__all__ = ["PlannedStage", "changed_settings", "has_finished_stage", "plan_stages", "process_source"]
