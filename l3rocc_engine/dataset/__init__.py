"""Dataset folders: LeRobot v2.1 and InternData-N1, written strictly and checked."""

from __future__ import annotations

from l3rocc_engine.dataset.layout import PROFILES, Profile
from l3rocc_engine.dataset.reader import is_our_dataset, open_dataset
from l3rocc_engine.dataset.writer import write_dataset

__all__ = ["PROFILES", "Profile", "is_our_dataset", "open_dataset", "write_dataset"]
