"""Dataset folders: LeRobot v2.1 and InternData-N1, written strictly and checked."""

from __future__ import annotations

from l3rocc_engine.dataset.destination import check_destination
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
    "is_our_dataset",
    "open_dataset",
    "validate_dataset",
    "write_dataset",
]
