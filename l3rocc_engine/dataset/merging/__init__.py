"""Several datasets into one, as LeRobot v2.1 or v3.0."""

from __future__ import annotations

from l3rocc_engine.dataset.merging.merger import VERSIONS, MergeResult, Version, merge_datasets

__all__ = ["VERSIONS", "MergeResult", "Version", "merge_datasets"]
