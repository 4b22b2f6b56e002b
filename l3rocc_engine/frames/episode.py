"""An episode of a LeRobot v2.1 or InternData-N1 folder as a source of frames."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.dataset_meta import DatasetMeta, read_dataset_meta
from l3rocc_engine.frames.depth_folder import DepthFolder
from l3rocc_engine.frames.episode_files import EpisodeFiles, find_episode_files
from l3rocc_engine.frames.fingerprint import fingerprint_of
from l3rocc_engine.frames.image_file import read_image_header
from l3rocc_engine.frames.images import ImageFolderSource
from l3rocc_engine.frames.interndata import read_episode_cameras
from l3rocc_engine.frames.parquet_table import ParquetTable
from l3rocc_engine.frames.source import FrameSource, KnownCameras, RgbImage
from l3rocc_engine.frames.video import VideoSource
from l3rocc_engine.progress import CancelToken, StepProgress, no_progress


class EpisodeSource:
    """Frames, and where the dataset has them poses, intrinsics and depth, of one episode.

    Trusted are, in this order, the frames that decode, the rows of the table, the metadata. Where the first two
    differ the episode is refused; what the metadata say otherwise becomes a warning.

    Parameters
    ----------
    root
        Folder with ``data/``, ``meta/`` and ``videos/``.
    fps
        Frames a second where there are only pictures.
    episode
        Which episode; the first one by default.
    progress
        Called with ``(done, total)`` while the frames are indexed.
    cancel
        Stops indexing.

    Raises
    ------
    InputError
        If the episode is not there, has no frames, cannot be read, or frames and rows differ in number.
    Cancelled
        If ``cancel`` was set.
    """

    def __init__(
        self,
        root: Path,
        *,
        fps: float = 30.0,
        episode: int | None = None,
        progress: StepProgress = no_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        self._path = root
        meta = read_dataset_meta(root)
        self._files = find_episode_files(root, meta, episode)
        table = ParquetTable(self._files.table) if self._files.table else None
        self._frames = _open_frames(self._files, fps=fps, progress=progress, cancel=cancel)
        try:
            self._check_rows(table)
            warnings = [*meta.warnings, *self._files.warnings, *self._frames.warnings]
            warnings.extend(_contradictions(meta, self._files, table, self._frames))
            self._cameras = self._read_cameras(meta, table, warnings)
        except BaseException:
            self._frames.close()
            raise
        self._warnings = tuple(warnings)
        self._fingerprint: str | None = None

    def _check_rows(self, table: ParquetTable | None) -> None:
        num_frames = self._frames.num_frames
        if table is not None and table.num_rows != num_frames:
            what = "video" if self._files.video else "picture folder"
            raise InputError(
                f"Episode {self._files.episode} of {self._path} is inconsistent: its {what} has {num_frames} frames, "
                f"its table {table.path.name} has {table.num_rows} rows.",
                "Copy the episode again; or open its video or pictures alone, without the dataset's poses.",
            )

    def _read_cameras(self, meta: DatasetMeta, table: ParquetTable | None, warnings: list[str]) -> KnownCameras | None:
        if table is None or not _has_recorded_poses(meta):
            return None
        cameras = read_episode_cameras(
            table,
            meta,
            timestamps_s=self._frames.timestamps_s,
            size_px=self._frames.size_px,
            image_size_px=self._size_of_intrinsics(meta),
            warnings=warnings,
        )
        if cameras is None:
            return None
        return KnownCameras(
            trajectory=cameras.trajectory,
            intrinsics=cameras.intrinsics,
            depth=self._open_depth(warnings),
            world_up=cameras.world_up,
        )

    def _size_of_intrinsics(self, meta: DatasetMeta) -> tuple[int, int] | None:
        """The picture size that ``K`` was made for, where the files tell it."""
        if meta.run:
            return self._frames.size_px  # this program writes K in pixels of the video
        images = self._files.rgb_images or self._files.depth_images
        if not images:
            return None
        stored_px, orientation = read_image_header(images[0])
        return orientation.apply_size(stored_px)

    def _open_depth(self, warnings: list[str]) -> DepthFolder | None:
        num_depth, num_frames = len(self._files.depth_images), self._frames.num_frames
        if num_depth == 0:
            return None
        if num_depth != num_frames:
            warnings.append(f"There are {num_depth} depth pictures for {num_frames} frames; they are not used.")
            return None
        return DepthFolder(self._files.depth_images, self._frames.size_px)

    @property
    def name(self) -> str:
        """The folder's name, with the episode's number where there are several."""
        several = self._files.num_episodes > 1
        return f"{self._path.name}_episode_{self._files.episode:06d}" if several else self._path.name

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    @property
    def episode(self) -> int:
        """The episode's number."""
        return self._files.episode

    @property
    def video_path(self) -> Path | None:
        """The episode's video, or None where it consists of pictures."""
        return self._files.video

    @property
    def num_frames(self) -> int:
        """Number of frames that decode."""
        return self._frames.num_frames

    @property
    def fps(self) -> float:
        """The video's own rate, or the one asked for where there are only pictures."""
        return self._frames.fps

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the decoded frames."""
        return self._frames.size_px

    @property
    def timestamps_s(self) -> NDArray[np.float64]:
        """(T,) float64 times of the frames, the first 0."""
        return self._frames.timestamps_s

    @property
    def fingerprint(self) -> str:
        """Hash of the frames and the table."""
        if self._fingerprint is None:
            tables = [self._files.table] if self._files.table else []
            table_hash = fingerprint_of([*tables, *self._files.depth_images], label="episode")
            self._fingerprint = hashlib.sha256((self._frames.fingerprint + table_hash).encode()).hexdigest()[:32]
        return self._fingerprint

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what the dataset claims and what is really there."""
        return self._warnings

    @property
    def cameras(self) -> KnownCameras | None:
        """Poses, intrinsics and depth that were recorded with the frames, or None."""
        return self._cameras

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB, read-only; raises as the video or the pictures do."""
        return self._frames.frame(frame_idx)

    def frames(self, indices: Iterable[int] | None = None) -> Iterator[tuple[int, RgbImage]]:
        """Stream pictures in increasing order of frame number, all of them or those asked for, each once."""
        return self._frames.frames(indices)

    def close(self) -> None:
        """Release the video; the source cannot be used afterwards."""
        self._frames.close()


def _open_frames(files: EpisodeFiles, *, fps: float, progress: StepProgress, cancel: CancelToken | None) -> FrameSource:
    if files.video is not None:
        return VideoSource(files.video, progress=progress, cancel=cancel)
    folder = files.rgb_images[0].parent
    return ImageFolderSource(folder, fps=fps, images=files.rgb_images, progress=progress, cancel=cancel)


def _has_recorded_poses(meta: DatasetMeta) -> bool:
    """False for a folder that this program wrote from pictures alone: its poses are results, not recordings."""
    if not meta.run:
        return True
    record = meta.run.get("record")
    backend = record.get("backend") if isinstance(record, dict) else meta.run.get("backend")
    return backend == "dataset"


def _contradictions(
    meta: DatasetMeta, files: EpisodeFiles, table: ParquetTable | None, frames: FrameSource
) -> Iterator[str]:
    """What the metadata say against what is there."""
    what = "video" if files.video else "picture folder"
    claims = {"meta/episodes.jsonl": meta.episodes.get(files.episode, {}).get("length")}
    if files.num_episodes == 1:
        claims["meta/info.json"] = meta.info.get("total_frames")
    wrong = [f"{place} says {claim}" for place, claim in claims.items() if claim not in (None, frames.num_frames)]
    if wrong:
        yield f"The {what} has {frames.num_frames} frames, which is used; {'; '.join(wrong)}."
    claimed_fps = meta.info.get("fps")
    if files.video is None:
        yield f"The episode has pictures but no video; {frames.fps:g} frames a second are assumed."
    elif isinstance(claimed_fps, int | float) and abs(claimed_fps - frames.fps) > 0.01 * frames.fps:
        yield f"The video has {frames.fps:g} frames a second, which is used; meta/info.json says {claimed_fps:g}."
    if table is None:
        yield f"Episode {files.episode} has no table in data/, so nothing but its {what} is used."
        return
    stored_elsewhere = ("video", "image")
    declared = [key for key, feature in meta.features.items() if feature.get("dtype") not in stored_elsewhere]
    absent = [key for key in declared if key not in table.columns]
    if absent:
        yield f"meta/info.json declares columns that the table does not have: {', '.join(absent)}."
