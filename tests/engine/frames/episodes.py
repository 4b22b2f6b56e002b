"""Small InternData-N1 and LeRobot folders, made in code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tests.engine.frames.clips import Clip, numbered_picture, write_clip

X264 = {"preset": "fast", "crf": "18", "g": "12", "threads": "1"}
NUM_FRAMES = 6
K = np.array([[100.0, 0.0, 80.0], [0.0, 110.0, 48.0], [0.0, 0.0, 1.0]])
BASE_FROM_GL = np.array([[1.0, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 0.44], [0, 0, 0, 1.0]])


def walk_in_gl(num_frames: int = NUM_FRAMES) -> NDArray[np.float64]:
    """Camera poses (T, 4, 4) in OpenGL axes, level, walking along the world's y axis at 0.44 m above the floor."""
    poses = np.tile(np.eye(4), (num_frames, 1, 1))
    poses[:, :3, :3] = BASE_FROM_GL[:3, :3]
    poses[:, :3, 3] = np.stack([np.zeros(num_frames), 0.1 * np.arange(num_frames), np.full(num_frames, 0.44)], axis=1)
    return poses


def pose_columns(num_frames: int = NUM_FRAMES) -> dict[str, Any]:
    """The three matrix columns of InternData-N1."""
    return {
        "observation.camera_intrinsic": np.tile(K, (num_frames, 1, 1)),
        "observation.camera_extrinsic": np.tile(BASE_FROM_GL, (num_frames, 1, 1)),
        "action": walk_in_gl(num_frames),
    }


def write_table(root: Path, columns: Mapping[str, Any], episode: int = 0) -> Path:
    """One parquet file; arrays become nested lists of float32."""
    path = root / "data" / "chunk-000" / f"episode_{episode:06d}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {}
    for name, values in columns.items():
        nesting = np.ndim(values) - 1
        kind = pa.float32()
        for _ in range(nesting):
            kind = pa.list_(kind)
        arrays[name] = pa.array(np.asarray(values, np.float32).tolist(), type=kind)
    pq.write_table(pa.table(arrays), path)
    return path


def write_video(root: Path, *, key: str = "observation.video.trajectory", episode: int = 0, **changes: Any) -> Path:
    """One numbered clip, 10 frames a second."""
    folder = root / "videos" / "chunk-000" / key
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"options": X264, "num_frames": NUM_FRAMES, "rate": 10, **changes}
    return write_clip(folder / f"episode_{episode:06d}.mp4", Clip(**settings))


def write_meta(root: Path, *, lengths: Mapping[int, int] | None = None, **info: Any) -> None:
    """``info.json`` and ``episodes.jsonl``."""
    meta = root / "meta"
    meta.mkdir(parents=True, exist_ok=True)
    lengths = lengths or {0: NUM_FRAMES}
    stated = {"codebase_version": "v2.1", "fps": 10, "total_frames": sum(lengths.values()), "features": {}, **info}
    (meta / "info.json").write_text(json.dumps(stated))
    lines = [json.dumps({"episode_index": i, "length": n, "tasks": ["walk"]}) for i, n in lengths.items()]
    (meta / "episodes.jsonl").write_text("\n".join(lines) + "\n")


def write_pictures(root: Path, num_pictures: int = NUM_FRAMES, size_px: tuple[int, int] = (160, 96)) -> Path:
    """The colour folder of InternData-N1 v0.1."""
    folder = root / "videos" / "chunk-000" / "observation.images.rgb"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(num_pictures):
        cv2.imwrite(str(folder / f"{number}.jpg"), numbered_picture(number, size_px)[..., ::-1])
    return folder


def write_depth(root: Path, num_pictures: int = NUM_FRAMES, size_px: tuple[int, int] = (160, 96)) -> Path:
    """The depth folder: every pixel ``1 + number / 10`` metres, the first one unknown."""
    folder = root / "videos" / "chunk-000" / "observation.images.depth"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(num_pictures):
        depth = np.full((size_px[1], size_px[0]), 10_000 + 1000 * number, np.uint16)
        depth[0, 0] = 0
        cv2.imwrite(str(folder / f"{number}.png"), depth)
    return folder


def write_interndata(root: Path, **info: Any) -> Path:
    """A whole small trajectory."""
    write_video(root)
    write_table(root, pose_columns())
    write_meta(root, **info)
    return root
