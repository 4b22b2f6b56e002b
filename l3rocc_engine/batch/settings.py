"""What is asked of a batch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import Enum

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset.layout import Profile
from l3rocc_engine.dataset.plain_line import plain_line


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
    task, robot_type
        What the robot was told to do, and its name, as :func:`~l3rocc_engine.dataset.write_dataset` takes them, for
        what is made of plain videos and pictures; datasets keep their own.
    carry
        Hard links (copies where the file system has none), copies, or symbolic links.
    overwrite
        Redo also what is finished.
    retry_failed
        Redo what failed the last time.
    in_place
        Put the labelled dataset in the place of the original, which is kept beside it under a hidden name.

    Raises
    ------
    ConfigError
        If task or robot type are no single line.
    """

    config: PipelineConfig = field(default_factory=PipelineConfig)
    profile: Profile = "interndata"
    task: str = ""
    robot_type: str = ""
    carry: Carry = Carry.LINK
    overwrite: bool = False
    retry_failed: bool = False
    in_place: bool = False

    def __post_init__(self) -> None:
        plain_line("task", self.task)
        plain_line("robot type", self.robot_type)

    def digest(self, *, is_dataset: bool) -> str:
        """Hash of what decides about the results: of labelled datasets, or of those made of plain pictures."""
        words = () if is_dataset else (self.task, self.robot_type)
        decisive = " ".join([self.config.digest, self.profile, *([json.dumps(words)] if any(words) else [])])
        return hashlib.sha256(decisive.encode()).hexdigest()[:16]
