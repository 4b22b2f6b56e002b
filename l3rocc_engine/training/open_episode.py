"""An episode whose files are open, and a shelf that keeps only the ones used last."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.dataset.features import CAMERA_EXTRINSIC_OCC, CAMERA_INTRINSIC_OCC, INTRINSICS_VECTOR
from l3rocc_engine.dataset.poses import load_poses
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.dataset_meta import read_dataset_meta
from l3rocc_engine.frames.episode_files import find_episode_files
from l3rocc_engine.frames.images import ImageFolderSource
from l3rocc_engine.frames.parquet_table import ParquetTable
from l3rocc_engine.frames.source import RgbImage
from l3rocc_engine.geometry.zoom import camera_matrices
from l3rocc_engine.occupancy import load_sequence
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.history import history_indices, past_frames
from l3rocc_engine.training.episode_index import HINT, IndexedEpisode
from l3rocc_engine.training.exact_frames import ExactFrames


class Pictures(Protocol):
    """Pictures by number."""

    @property
    def num_frames(self) -> int:
        """How many."""

    def frame(self, frame_idx: int) -> RgbImage:
        """One of them."""

    def close(self) -> None:
        """Release files."""


class OpenEpisode:
    """Frames of one episode; rows and pictures are read from disk one at a time and not kept.

    Parameters
    ----------
    episode
        Which.
    grid
        Of its files.
    with_images
        Whether its video is needed.

    Raises
    ------
    InputError
        If its files are missing, damaged, or differ in length.
    """

    def __init__(self, episode: IndexedEpisode, grid: GridSpec, *, with_images: bool) -> None:
        self._episode = episode
        table = ParquetTable(episode.table)
        self.world_from_cam = _poses(episode, table)
        self.intrinsics = _intrinsics(episode, table)
        if len(self.world_from_cam) != episode.length or len(self.intrinsics) != episode.length:
            raise InputError(
                f"{episode.place} has {episode.length} frames, but {len(self.world_from_cam)} poses and "
                f"{len(self.intrinsics)} rows of intrinsics.",
                HINT,
            )
        self._sequence = load_sequence(episode.occupied, episode.visible, self.world_from_cam, grid)
        self._pictures = _pictures(episode) if with_images else None

    def occupied(self, frame_idx: int) -> NDArray[np.int32]:
        """(N,) sorted flat indices of the voxels that a frame sees occupied."""
        return self._sequence.decode_indices(frame_idx)

    def visible(self, frame_idx: int) -> NDArray[np.uint8]:
        """(ceil(X*Y*Z/8),) packed bits of the voxels that a frame sees, most significant bit first."""
        return np.frombuffer(self._sequence.visible_rows.row(frame_idx), dtype=np.uint8)

    def history(self, frame_idx: int, length: int, step: int) -> NDArray[np.int32]:
        """(N,) what earlier frames saw occupied, in the grid of this one; see ``OccupancySequence.history``."""
        past = past_frames(frame_idx, length, step)
        rows = [self.occupied(s) for s in past]
        return history_indices(
            rows, self._sequence.world_from_cam[past], self._sequence.world_from_cam[frame_idx], self._sequence.grid
        )

    def image(self, frame_idx: int) -> RgbImage:
        """The picture (H, W, 3) uint8 RGB."""
        assert self._pictures is not None
        return self._pictures.frame(frame_idx)

    def close(self) -> None:
        """Release the video."""
        if self._pictures is not None:
            self._pictures.close()


def _poses(episode: IndexedEpisode, table: ParquetTable) -> NDArray[np.float64]:
    if episode.poses is not None:
        return load_poses(episode.poses).world_from_cam
    found = table.matrices(CAMERA_EXTRINSIC_OCC, (4, 4))
    if found is None:
        raise InputError(f"{episode.place} has no poses: neither poses.npz nor {CAMERA_EXTRINSIC_OCC}.", HINT)
    return found


def _intrinsics(episode: IndexedEpisode, table: ParquetTable) -> NDArray[np.float64]:
    """``K`` (T, 3, 3) in pixels of the video."""
    found = table.matrices(CAMERA_INTRINSIC_OCC, (3, 3))
    if found is not None:
        return found
    rows = table.matrices(INTRINSICS_VECTOR, (4,))
    if rows is None:
        raise InputError(f"{episode.table} has neither {CAMERA_INTRINSIC_OCC} nor {INTRINSICS_VECTOR}.", HINT)
    return camera_matrices(rows)


def _pictures(episode: IndexedEpisode) -> Pictures:
    pictures = _open_pictures(episode)
    if pictures.num_frames != episode.length:
        found = pictures.num_frames
        pictures.close()
        raise InputError(f"{episode.place} has {episode.length} frames, but {found} pictures.", HINT)
    return pictures


def _open_pictures(episode: IndexedEpisode) -> Pictures:
    if episode.video is not None:
        return ExactFrames(episode.video)
    files = find_episode_files(episode.root, read_dataset_meta(episode.root), episode.number)
    if files.video is not None:
        return ExactFrames(files.video)
    return ImageFolderSource(files.rgb_images[0].parent, fps=1.0, images=files.rgb_images, cache_bytes=0)


class EpisodeShelf:
    """Opens episodes when they are asked for and closes those that were not used for longest.

    After a fork the child opens its own: a decoder must not be shared, nor released by a process that did not make it.

    Parameters
    ----------
    grid, with_images
        See :class:`OpenEpisode`.
    max_open
        How many stay open.
    """

    def __init__(self, grid: GridSpec, *, with_images: bool, max_open: int) -> None:
        self._grid, self._with_images, self._max_open = grid, with_images, max_open
        self._open: OrderedDict[Path, OpenEpisode] = OrderedDict()
        self._of_parents: list[object] = []
        self._process_id = os.getpid()

    def __reduce__(self) -> tuple[object, ...]:
        return _new_shelf, (self._grid, self._with_images, self._max_open)

    def get(self, episode: IndexedEpisode) -> OpenEpisode:
        """The episode, open.

        Raises
        ------
        InputError
            If its files are missing, damaged, or differ in length.
        """
        if os.getpid() != self._process_id:
            self._of_parents.append(self._open)  # kept, so that nothing of the parent's is closed here
            self._open, self._process_id = OrderedDict(), os.getpid()
        found = self._open.get(episode.occupied)
        if found is None:
            found = OpenEpisode(episode, self._grid, with_images=self._with_images)
            self._open[episode.occupied] = found
            while len(self._open) > self._max_open:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(episode.occupied)
        return found


def _new_shelf(grid: GridSpec, with_images: bool, max_open: int) -> EpisodeShelf:
    return EpisodeShelf(grid, with_images=with_images, max_open=max_open)
