"""The clip that ships with the program, and what is truly in it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics

RESOURCE_PACKAGE = "l3rocc_resources"
VIDEO_NAME = "room.mp4"
TRUTH_NAME = "room.truth.npz"
POINT_UNIT_M = 0.0005
NORMAL_UNIT = 1.0 / 127.0
INVERSE_DEPTH_UNIT = 1.0 / 16384.0
"""Inverse depth is linear over a plane, so its second differences are nearly all zero and pack well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTruth:
    """Exact cameras and geometry of the bundled clip; metres, world z up.

    Attributes
    ----------
    world_from_cam
        (T, 4, 4) float64, OpenCV camera axes.
    timestamps_s
        (T,) float64.
    intrinsics
        For the clip's picture size.
    points_world, normals_world
        (N, 3) float32: points about 1.5 cm apart on every surface that some frame sees, and unit normals.
    inverse_depth_q
        (T, h, w) uint16 in units of ``INVERSE_DEPTH_UNIT`` per metre, 0 where there is no surface of the room.
    """

    world_from_cam: NDArray[np.float64]
    timestamps_s: NDArray[np.float64]
    intrinsics: Intrinsics
    points_world: NDArray[np.float32]
    normals_world: NDArray[np.float32]
    inverse_depth_q: NDArray[np.uint16]

    @property
    def num_frames(self) -> int:
        """Number of frames."""
        return len(self.timestamps_s)

    @property
    def depth_size_px(self) -> tuple[int, int]:
        """(width, height) of the depth pictures."""
        _, height, width = self.inverse_depth_q.shape
        return width, height

    def depth_m(self, frame_idx: int) -> NDArray[np.float32]:
        """Depth along z (h, w) float32 metres through the pixel centres of the reduced picture, 0 where none."""
        q = self.inverse_depth_q[frame_idx].astype(np.float64)
        with np.errstate(divide="ignore"):
            return np.where(q > 0, 1.0 / (q * INVERSE_DEPTH_UNIT), 0.0).astype(np.float32)


def _resource(name: str) -> Path:
    """A bundled file: of the installed package, or of the source tree that the program runs from."""
    folders = [Path(__file__).resolve().parents[1] / "resources"]
    if find_spec(RESOURCE_PACKAGE) is not None:
        folders.insert(0, Path(str(resources.files(RESOURCE_PACKAGE))))
    for folder in folders:
        path = folder / "samples" / name
        if path.is_file():
            return path
    raise InputError(f"The bundled sample {name} is missing.", "Install the program again.")


def sample_video_path() -> Path:
    """The bundled clip.

    Raises
    ------
    InputError
        If the installation lacks it.
    """
    return _resource(VIDEO_NAME)


def load_sample_truth() -> SampleTruth:
    """Exact cameras, depth and surface points of the bundled clip.

    Raises
    ------
    InputError
        If the installation lacks the file.
    """
    with np.load(_resource(TRUTH_NAME), allow_pickle=False) as data:
        width, height = (int(value) for value in data["size_px"])
        normals = unpack_columns(data["normals"], NORMAL_UNIT)
        return SampleTruth(
            world_from_cam=data["world_from_cam"],
            timestamps_s=data["timestamps_s"],
            intrinsics=Intrinsics.from_matrix(data["K"], width, height),
            points_world=unpack_columns(data["points"], POINT_UNIT_M),
            normals_world=normals / np.linalg.norm(normals, axis=1, keepdims=True),
            inverse_depth_q=unpack_pictures(data["inverse_depth"]),
        )


def pack_columns(values: NDArray[np.floating], unit: float) -> NDArray[np.int16]:
    """Quantise (N, 3) values to ``unit`` and store the differences from row to row, (3, N) int16."""
    quantised = np.rint(np.asarray(values, dtype=np.float64).T / unit).astype(np.int16)
    return np.diff(quantised, axis=1, prepend=np.int16(0))


def unpack_columns(packed: NDArray[np.int16], unit: float) -> NDArray[np.float32]:
    """Values (N, 3) float32 of :func:`pack_columns`."""
    return (np.cumsum(packed, axis=1, dtype=np.int16).T * unit).astype(np.float32)


def pack_depth(depth_m: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Quantised inverse depth (T, h, w) as second differences, modulo 2**16; depth 0 means none.

    Raises
    ------
    InputError
        If a depth is nearer than the format can say.
    """
    with np.errstate(divide="ignore"):
        q = np.where(depth_m > 0, np.rint(1.0 / (np.asarray(depth_m, np.float64) * INVERSE_DEPTH_UNIT)), 0)
    if q.max(initial=0) > np.iinfo(np.uint16).max:
        raise InputError("A depth under 0.25 m does not fit the sample's format.")
    differences = q.astype(np.uint16)
    for axis in (2, 1):
        differences = np.diff(differences, axis=axis, prepend=np.uint16(0))
    return differences


def unpack_pictures(packed: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Quantised inverse depth (T, h, w) of :func:`pack_depth`."""
    return np.cumsum(np.cumsum(packed, axis=1, dtype=np.uint16), axis=2, dtype=np.uint16)
