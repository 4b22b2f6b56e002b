"""Folders, columns, labels and colours of the visual format; no other module spells them.

The format is the original L3ROcc's: six folders with one file a frame. ``N`` rows a file, float32.

=============================  ======================  =====================  ==================================
folder                         file of frame 7         frame of coordinates   columns
=============================  ======================  =====================  ==================================
``merge_npy_sequence_cam``     ``frame_0007_cam.npy``  camera                 x y z label
``merge_npy_sequence_world``   ``frame_0007_world.npy``  world                x y z r g b label, colours in 0..1
``merge_ply_sequence_cam``     ``frame_0007_cam.ply``  camera                 x y z red green blue
``merge_ply_sequence_world``   ``frame_0007_world.ply``  world                x y z red green blue
``occ_only_cam_npy``           ``occ_0007.npy``        camera                 x y z label
``occ_only_cam_ply``           ``occ_0007.ply``        camera                 x y z red green blue
=============================  ======================  =====================  ==================================

Labels: 0 background (the cloud), 1 camera path, 2 occupancy. Rows come in this order.

In camera coordinates the background is grey, the whole path red, and the occupancy green: the centres of the
egocentric grid's voxels that the frame sees or that its history saw. In world coordinates the background has its own
colours, the path up to the frame is blue, and the occupancy of the same frames grey: centres of world voxels, not cut
to the grid.
"""

from __future__ import annotations

from enum import Enum

BACKGROUND, PATH, OCCUPANCY = 0, 1, 2
"""Labels."""
BACKGROUND_CAM, PATH_CAM, OCCUPANCY_CAM = (179, 179, 179), (255, 0, 0), (0, 255, 0)
"""8-bit RGB of the camera files: 0.7 grey, red, green."""
PATH_WORLD, OCCUPANCY_WORLD = (0, 0, 255), (128, 128, 128)
"""8-bit RGB of the world files: blue, 0.5 grey."""

MANIFEST = "visual.json"
BACKGROUND_NPY, BACKGROUND_PLY, POSES = "background_world.npy", "background_world.ply", "world_from_cam.npy"
VERSION = 1


class VisualOutput(Enum):
    """One of the six folders; the value is its name."""

    MERGED_NPY_CAM = "merge_npy_sequence_cam"
    MERGED_NPY_WORLD = "merge_npy_sequence_world"
    MERGED_PLY_CAM = "merge_ply_sequence_cam"
    MERGED_PLY_WORLD = "merge_ply_sequence_world"
    OCCUPANCY_NPY_CAM = "occ_only_cam_npy"
    OCCUPANCY_PLY_CAM = "occ_only_cam_ply"

    @property
    def is_npy(self) -> bool:
        """Whether its files are arrays; else they are PLY."""
        return "npy" in self.value

    @property
    def is_world(self) -> bool:
        """Whether its coordinates are the world's; else the frame's camera's."""
        return self.value.endswith("world")

    @property
    def is_merged(self) -> bool:
        """Whether it shows background and path as well as occupancy."""
        return self.value.startswith("merge")

    @property
    def row_bytes(self) -> int:
        """Bytes a point takes."""
        if self.is_npy:
            return 28 if self.is_world else 16
        return 15

    def file_name(self, frame_idx: int) -> str:
        """Name of one frame's file."""
        suffix = "npy" if self.is_npy else "ply"
        if not self.is_merged:
            return f"occ_{frame_idx:04d}.{suffix}"
        return f"frame_{frame_idx:04d}_{'world' if self.is_world else 'cam'}.{suffix}"


class Background(Enum):
    """Where the cloud goes.

    ``EACH_FRAME`` repeats it in every merged file, as the original does. ``ONCE`` writes it to ``background_world.npy``
    and ``background_world.ply`` and leaves it out of the frames; ``world_from_cam.npy`` (T, 4, 4) brings it into any
    camera.
    """

    EACH_FRAME = "each"
    ONCE = "once"
