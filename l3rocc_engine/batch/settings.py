"""What is asked of a batch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset.layout import Profile


class Carry(Enum):
    """How the files of a dataset that stay as they are come into the output."""

    LINK = "link"
    COPY = "copy"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """Settings of a batch.

    Attributes
    ----------
    config
        Of every run.
    profile
        Layout of what is made of plain videos and pictures; datasets keep their own.
    carry
        Hard links (copies where the file system has none), copies, or symbolic links.
    overwrite
        Redo also what is finished.
    retry_failed
        Redo what failed the last time.
    in_place
        Put the labelled dataset in the place of the original, which is kept beside it under a hidden name.
    """

    config: PipelineConfig = field(default_factory=PipelineConfig)
    profile: Profile = "interndata"
    carry: Carry = Carry.LINK
    overwrite: bool = False
    retry_failed: bool = False
    in_place: bool = False

    @property
    def digest(self) -> str:
        """Hash of what decides about the results."""
        return hashlib.sha256(f"{self.config.digest} {self.profile}".encode()).hexdigest()[:16]
