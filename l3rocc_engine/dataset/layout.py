"""Where each file of a dataset folder is, for both profiles; no other module spells these names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from l3rocc_engine.dataset.features import FRONT_VIDEO, TRAJECTORY_VIDEO

Profile = Literal["interndata", "lerobot"]
PROFILES: tuple[Profile, ...] = ("interndata", "lerobot")

CODEBASE_VERSION = "v2.1"
CHUNK_SIZE = 1000
DATA_TEMPLATE = "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet"
VIDEO_TEMPLATE = "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
SIDECAR_TEMPLATE = "occupancy/chunk-{episode_chunk:03d}/episode_{episode_index:06d}"

V30_VERSION = "v3.0"
V30_DATA_TEMPLATE = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
V30_VIDEO_TEMPLATE = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
V30_EPISODES_TEMPLATE = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
V30_TASKS = "meta/tasks.parquet"
V30_STATS = "meta/stats.json"

INFO = "meta/info.json"
EPISODES = "meta/episodes.jsonl"
EPISODES_STATS = "meta/episodes_stats.jsonl"
TASKS = "meta/tasks.jsonl"
RUN = "meta/run.json"
BATCH = "meta/l3rocc_batch.json"
OCCUPANCY = "meta/occupancy.json"
README = "README.md"

OCC_FILE = "occ_sequence.npz"
MASK_FILE = "mask_sequence.npz"
WORLD_FILE = "all_occ.npz"
POSES_FILE = "poses.npz"
TRACKS_FILE = "tracks.npz"
CLOUD_FILE = "cloud.ply"
ORIGIN_CLOUD_FILE = "origin_pcd.ply"
OCC_VIEW_KEY = "observation.occ.view"
OCC_MASK_KEY = "observation.occ.mask"
REFERENCE_VIDEO = "reference.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFiles:
    """The files of one episode, relative to the dataset's folder.

    Attributes
    ----------
    table, video
        LeRobot's own files.
    occupied, visible
        The two sequences of voxels in camera coordinates.
    world
        Occupied voxels of the whole scene in world coordinates.
    cloud
        Coloured points in world coordinates.
    poses
        Camera poses in full precision and the source's own times.
    tracks
        Points of structure from motion with their observations; only where the backend has them.
    reference
        A second name of the video, or None.
    """

    table: PurePosixPath
    video: PurePosixPath
    occupied: PurePosixPath
    visible: PurePosixPath
    world: PurePosixPath
    cloud: PurePosixPath
    poses: PurePosixPath
    tracks: PurePosixPath
    reference: PurePosixPath | None = None


def video_key(profile: Profile) -> str:
    """Feature key, and so folder name, of the video."""
    return TRAJECTORY_VIDEO if profile == "interndata" else FRONT_VIDEO


def episode_files(profile: Profile, episode_idx: int) -> EpisodeFiles:
    """Where the files of one episode are."""
    chunk = episode_idx // CHUNK_SIZE
    numbers = {"episode_chunk": chunk, "episode_index": episode_idx}
    table = PurePosixPath(DATA_TEMPLATE.format(**numbers))
    video = PurePosixPath(VIDEO_TEMPLATE.format(**numbers, video_key=video_key(profile)))
    if profile == "lerobot":
        side = PurePosixPath(SIDECAR_TEMPLATE.format(**numbers))
        return EpisodeFiles(
            table=table,
            video=video,
            occupied=side / OCC_FILE,
            visible=side / MASK_FILE,
            world=side / WORLD_FILE,
            cloud=side / CLOUD_FILE,
            poses=side / POSES_FILE,
            tracks=side / TRACKS_FILE,
        )
    videos = video.parent.parent
    return EpisodeFiles(
        table=table,
        video=video,
        occupied=videos / OCC_VIEW_KEY / OCC_FILE,
        visible=videos / OCC_MASK_KEY / MASK_FILE,
        world=table.parent / WORLD_FILE,
        cloud=table.parent / ORIGIN_CLOUD_FILE,
        poses=PurePosixPath("meta") / POSES_FILE,
        tracks=PurePosixPath("meta") / TRACKS_FILE,
        reference=video.with_name(REFERENCE_VIDEO),
    )
