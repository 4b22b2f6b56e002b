"""Writes the files of one episode: video, table, occupancy, cloud and poses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from l3rocc_engine.dataset.draft import Draft, ProfileRules, cloud_of
from l3rocc_engine.dataset.episode import EpisodeSpan, occupancy_of
from l3rocc_engine.dataset.layout import EpisodeFiles, episode_files
from l3rocc_engine.dataset.metadata import EpisodeEntry
from l3rocc_engine.dataset.poses import save_poses
from l3rocc_engine.dataset.stats import FeatureStats, ImageStats, column_stats, sampled_frames
from l3rocc_engine.dataset.table import default_columns, write_table
from l3rocc_engine.dataset.tracks import save_tracks, tracks_of
from l3rocc_engine.dataset.video import write_video
from l3rocc_engine.errors import OutputError
from l3rocc_engine.frames.source import RgbImage
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.occupancy.world import world_map
from l3rocc_engine.progress import CancelToken, EventSink, steps_of
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.link import link_or_copy
from l3rocc_engine.storage.ply import PlyPoints, write_ply


class EpisodeWriter:
    """Writes the files of one episode into the unfinished folder."""

    def __init__(
        self,
        folder: Path,
        draft: Draft,
        rules: ProfileRules,
        span: EpisodeSpan,
        *,
        events: EventSink,
        cancel: CancelToken | None,
    ) -> None:
        self._folder, self._draft, self._rules, self._span = folder, draft, rules, span
        self._events, self._cancel = events, cancel
        self._files: EpisodeFiles = episode_files(draft.profile, span.episode_idx)
        self._image_stats = ImageStats()

    def write(self) -> EpisodeEntry:
        """Everything of the episode; returns what ``meta/`` has to know."""
        draft, span = self._draft, self._span
        self._write_video()
        occupancy = occupancy_of(span, draft.run.occupancy)
        stats = self._write_table(occupancy)
        self._write_sidecars(occupancy)
        return EpisodeEntry(length=span.num_frames, stats=stats, extra=self._rules.episode_extra(draft))

    def _write_video(self) -> None:
        span, draft, path = self._span, self._draft, self._folder / self._files.video
        make_folders(path.parent)
        frames = draft.run.source.frames(range(span.start, span.stop))
        written = write_video(
            path,
            self._sampled(frames),
            size_px=draft.run.source.size_px,
            fps=draft.fps,
            progress=steps_of(self._events, "video"),
            num_frames=span.num_frames,
            cancel=self._cancel,
        )
        if written != span.num_frames:
            raise OutputError(f"{draft.run.source.name} gave {written} pictures instead of {span.num_frames}.")
        if self._files.reference is not None:
            link_or_copy(path, self._folder / self._files.reference)

    def _sampled(self, frames: Iterator[tuple[int, RgbImage]]) -> Iterator[tuple[int, RgbImage]]:
        """Pass pictures on and look at some of them for the statistics."""
        wanted = set((sampled_frames(self._span.num_frames) + self._span.start).tolist())
        for frame_idx, image in frames:
            if frame_idx in wanted:
                self._image_stats.add(image)
            yield frame_idx, image

    def _write_table(self, occupancy: OccupancySequence) -> dict[str, FeatureStats]:
        span, draft = self._span, self._draft
        defaults = default_columns(
            num_rows=span.num_frames,
            fps=draft.fps,
            episode_idx=span.episode_idx,
            first_index=span.start - draft.spans[0].start,
        )
        columns = {**self._rules.columns(draft, span, occupancy, self._cancel), **defaults}
        features = self._rules.features(draft)
        write_table(self._folder / self._files.table, columns, features)
        return {
            feature.key: self._image_stats.result() if feature.is_video else column_stats(columns[feature.key])
            for feature in features
        }

    def _write_sidecars(self, occupancy: OccupancySequence) -> None:
        folder, files, span, draft = self._folder, self._files, self._span, self._draft
        for path in (files.occupied, files.visible, files.world, files.cloud, files.poses):
            make_folders((folder / path).parent)
        report = steps_of(self._events, "dataset")
        occupancy.save(folder / files.occupied, folder / files.visible, progress=report, cancel=self._cancel)
        is_whole = span.num_frames == draft.run.num_frames
        (draft.run.world if is_whole else world_map(occupancy, cancel=self._cancel)).save(folder / files.world)
        cloud = cloud_of(span, draft)
        zeros = np.broadcast_to(np.float32(0), cloud.points_world.shape) if self._rules.has_zero_normals else None
        points = PlyPoints(
            points=cloud.points_world,
            colors=cloud.colors,
            normals=zeros,
            confidence=cloud.confidence,
            first_frame=cloud.first_frame,
            num_seen=cloud.num_seen,
            edge=cloud.edge,
        )
        write_ply(folder / files.cloud, points, comment="world frame", cancel=self._cancel)
        save_poses(
            folder / files.poses,
            draft.run.trajectory,
            span.start,
            span.stop,
            zoom=draft.run.zoom,
            view_rays=draft.run.view_rays,
        )
        if draft.run.tracks is not None:
            save_tracks(folder / files.tracks, tracks_of(draft.run.tracks, span.start, span.stop))
