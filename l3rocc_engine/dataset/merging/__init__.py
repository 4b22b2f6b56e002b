"""Several datasets into one, as LeRobot v2.1 or v3.0.

What is named here is imported when it is first asked for: the libraries behind it are slow to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.late_imports import late_imports

if TYPE_CHECKING:
    from l3rocc_engine.dataset.merging.merger import MergeResult, merge_datasets
    from l3rocc_engine.dataset.merging.version import VERSIONS, Version

__all__ = ["VERSIONS", "MergeResult", "Version", "merge_datasets"]

if not TYPE_CHECKING:
    __getattr__ = late_imports(
        __name__,
        {"VERSIONS": "version", "MergeResult": "merger", "Version": "version", "merge_datasets": "merger"},
    )
