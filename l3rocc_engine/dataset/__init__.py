"""Dataset folders: LeRobot v2.1 and InternData-N1, written strictly and checked.

What is named here is imported when it is first asked for: the libraries behind it are slow to load, and who wants the
profiles' names only, as the command line does for its help, shall not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.late_imports import late_imports

if TYPE_CHECKING:
    from l3rocc_engine.dataset.destination import check_destination
    from l3rocc_engine.dataset.forecast import forecast_dataset
    from l3rocc_engine.dataset.layout import PROFILES, Profile
    from l3rocc_engine.dataset.reader import is_our_dataset, open_dataset
    from l3rocc_engine.dataset.report import Finding, Outcome, ValidationReport
    from l3rocc_engine.dataset.validate import validate_dataset
    from l3rocc_engine.dataset.writer import write_dataset

__all__ = [
    "PROFILES",
    "Finding",
    "Outcome",
    "Profile",
    "ValidationReport",
    "check_destination",
    "forecast_dataset",
    "is_our_dataset",
    "open_dataset",
    "validate_dataset",
    "write_dataset",
]

if not TYPE_CHECKING:  # a checker would take it for a package that has every name
    __getattr__ = late_imports(
        __name__,
        {
            "PROFILES": "layout",
            "Finding": "report",
            "Outcome": "report",
            "Profile": "layout",
            "ValidationReport": "report",
            "check_destination": "destination",
            "forecast_dataset": "forecast",
            "is_our_dataset": "reader",
            "open_dataset": "reader",
            "validate_dataset": "validate",
            "write_dataset": "writer",
        },
    )
