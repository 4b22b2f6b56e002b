"""A run on its way into a dataset: what all writers of one folder need to agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.dataset.episode import EpisodeSpan
from l3rocc_engine.dataset.features import Feature
from l3rocc_engine.dataset.layout import Profile
from l3rocc_engine.dataset.provenance import Provenance
from l3rocc_engine.dataset.table import Columns
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A run and the decisions taken for its dataset.

    Attributes
    ----------
    fps
        The dataset's whole frame rate.
    video_size_px
        (width, height) of the encoded pictures, even.
    spans
        Which frames make up which episode.
    provenance
        What the source dataset, if it is one, says of tasks and base.
    robot_type
        As a person named the robot; empty for the profile's usual one.
    """

    run: Run
    profile: Profile
    fps: int
    video_size_px: tuple[int, int]
    spans: tuple[EpisodeSpan, ...]
    provenance: Provenance
    robot_type: str = ""

    def labelled(self, task: str, robot_type: str) -> Draft:
        """The draft with a person's own words, where they are not empty."""
        provenance = replace(self.provenance, tasks=(task,)) if task else self.provenance
        return replace(self, provenance=provenance, robot_type=robot_type)

    @property
    def num_frames(self) -> int:
        """Frames of all episodes."""
        return sum(span.num_frames for span in self.spans)


class ProfileRules(Protocol):
    """What one profile puts into tables and metadata."""

    robot_type: str
    has_zero_normals: bool

    def features(self, draft: Draft) -> tuple[Feature, ...]:
        """All features in order, the five defaults last."""
        ...

    def columns(
        self, draft: Draft, span: EpisodeSpan, occupancy: OccupancySequence, cancel: CancelToken | None
    ) -> Columns:
        """The profile's own columns of one episode."""
        ...

    def tasks(self, draft: Draft) -> tuple[str, ...]:
        """Task strings; rows point to the first."""
        ...

    def episode_extra(self, draft: Draft) -> Mapping[str, Any]:
        """Additional keys of an episode's line."""
        ...

    def info_extra(self, draft: Draft) -> Mapping[str, Any]:
        """Additional keys of ``info.json``."""
        ...

    def write_extra(self, folder: Path, draft: Draft) -> None:
        """Files that only this profile has."""
        ...


def cloud_of(span: EpisodeSpan, draft: Draft) -> PointCloud:
    """What was known of the scene by the end of an episode; ``first_frame`` counts from the episode's first frame."""
    cloud = draft.run.cloud
    if span.num_frames == draft.run.num_frames:
        return cloud
    known = cloud.part(cloud.first_frame < span.stop)
    return replace(known, first_frame=np.maximum(known.first_frame - span.start, 0).astype(np.int32))
