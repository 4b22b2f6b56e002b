"""One run: stages with cached results, from frames to occupancy."""

from __future__ import annotations

from l3rocc_engine.pipeline.process import process_source

__all__ = ["process_source"]
