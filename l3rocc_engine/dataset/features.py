"""The columns and video tracks of the two profiles: names, types and shapes, each stated once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from l3rocc_engine.dataset.video import CODEC, PIXEL_FORMAT

TIMESTAMP = "timestamp"
FRAME_INDEX = "frame_index"
EPISODE_INDEX = "episode_index"
INDEX = "index"
TASK_INDEX = "task_index"

ACTION = "action"
STATE = "observation.state"
CAMERA_INTRINSIC = "observation.camera_intrinsic"
CAMERA_EXTRINSIC = "observation.camera_extrinsic"
CAMERA_INTRINSIC_OCC = "observation.camera_intrinsic_occ"
CAMERA_EXTRINSIC_OCC = "observation.camera_extrinsic_occ"
INTRINSICS_VECTOR = "camera.intrinsics"
IS_INTERPOLATED = "camera.is_interpolated"
NUM_OCCUPIED = "occupancy.num_occupied"
NUM_VISIBLE = "occupancy.num_visible"

TRAJECTORY_VIDEO = "observation.video.trajectory"
FRONT_VIDEO = "observation.images.front"

POSE_NAMES = ("x", "y", "z", "qx", "qy", "qz", "qw")
INTRINSICS_NAMES = ("fx", "fy", "cx", "cy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One entry of ``features`` in ``info.json``.

    Attributes
    ----------
    key
        Column name, or folder name of a video.
    dtype
        ``float32``, ``int64``, ``bool`` or ``video``.
    shape
        Of one row's value; (height, width, channels) of a video.
    names
        Names of the entries, row by row, or None.
    info
        What a video's file holds.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    names: tuple[str, ...] | None = None
    info: dict[str, Any] | None = None

    @property
    def is_video(self) -> bool:
        """Whether the values are in an mp4 and not in the table."""
        return self.dtype == "video"

    def to_json(self) -> dict[str, Any]:
        """The entry as ``info.json`` holds it."""
        names = None if self.names is None else list(self.names)
        entry: dict[str, Any] = {"dtype": self.dtype, "shape": list(self.shape), "names": names}
        return entry if self.info is None else {**entry, "info": self.info}


DEFAULT_FEATURES = (
    Feature(key=TIMESTAMP, dtype="float32", shape=(1,)),
    Feature(key=FRAME_INDEX, dtype="int64", shape=(1,)),
    Feature(key=EPISODE_INDEX, dtype="int64", shape=(1,)),
    Feature(key=INDEX, dtype="int64", shape=(1,)),
    Feature(key=TASK_INDEX, dtype="int64", shape=(1,)),
)
"""The columns that every LeRobot dataset has, always last and in this order."""


def matrix_feature(key: str, size: int, entry_name: str) -> Feature:
    """A square float32 matrix, its entries named ``name_row_column``."""
    names = tuple(f"{entry_name}_{row}_{column}" for row in range(size) for column in range(size))
    return Feature(key=key, dtype="float32", shape=(size, size), names=names)


def video_feature(key: str, size_px: tuple[int, int], fps: int) -> Feature:
    """A video track of (width, height) pixels, as :mod:`l3rocc_engine.dataset.video` writes it."""
    width, height = size_px
    info = {
        "video.height": height,
        "video.width": width,
        "video.codec": CODEC,
        "video.pix_fmt": PIXEL_FORMAT,
        "video.is_depth_map": False,
        "video.fps": fps,
        "video.channels": 3,
        "has_audio": False,
    }
    return Feature(key=key, dtype="video", shape=(height, width, 3), names=("height", "width", "channels"), info=info)


def video_keys(features: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Keys of the videos among the entries of ``features``, in their order."""
    return [key for key, feature in features.items() if feature.get("dtype") == "video"]
