"""The three files of a COLMAP model, as text and as bytes.

Source: the COLMAP documentation, "Output Format" (text), and the readers of its version 3 to 4 for the bytes.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.interchange.colmap_model import ColmapImage, ColmapModel, ColmapPoints
from l3rocc_engine.progress import CancelToken

PINHOLE = 1
_OBSERVATION = np.dtype([("xy", "<f8", 2), ("point", "<u8")])
_POINT = np.dtype([("id", "<u8"), ("xyz", "<f8", 3), ("rgb", "u1", 3), ("error", "<f8"), ("length", "<u8")])
BLOCK = 1 << 14


def write_binary(model: ColmapModel, folder: Path, cancel: CancelToken | None) -> None:
    """Write ``cameras.bin``, ``images.bin`` and ``points3D.bin``."""
    cameras = [
        struct.pack("<IiQQ4d", row, PINHOLE, k.width_px, k.height_px, k.fx_px, k.fy_px, k.cx_px, k.cy_px)
        for row, k in enumerate(model.cameras, start=1)
    ]
    (folder / "cameras.bin").write_bytes(struct.pack("<Q", len(cameras)) + b"".join(cameras))
    with (folder / "images.bin").open("wb") as stream:
        stream.write(struct.pack("<Q", len(model.images)))
        for image in model.images:
            _check(cancel)
            stream.write(_image_bytes(image))
    with (folder / "points3D.bin").open("wb") as stream:
        points = model.points
        records = _point_records(points)
        stream.write(struct.pack("<Q", len(records)))
        track = points.track.astype("<u4")
        for start in range(0, len(records), BLOCK):
            _check(cancel)
            block = records[start : start + BLOCK]
            if not len(track):
                stream.write(block.tobytes())
                continue
            starts = points.track_starts[start : start + len(block) + 1]
            for row, record in enumerate(block):
                stream.write(record.tobytes() + track[starts[row] : starts[row + 1]].tobytes())


def write_text(model: ColmapModel, folder: Path, cancel: CancelToken | None) -> None:
    """Write ``cameras.txt``, ``images.txt`` and ``points3D.txt``."""
    lines = ["# CAMERA_ID MODEL WIDTH HEIGHT FX FY CX CY"]
    for row, k in enumerate(model.cameras, start=1):
        lines.append(f"{row} PINHOLE {k.width_px} {k.height_px} {_words(k.fx_px, k.fy_px, k.cx_px, k.cy_px)}")
    (folder / "cameras.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "images.txt").open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("# IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, then X Y POINT3D_ID of each observation\n")
        for image in model.images:
            _check(cancel)
            stream.write(_image_lines(image))
    with (folder / "points3D.txt").open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("# POINT3D_ID X Y Z R G B ERROR, then IMAGE_ID POINT2D_IDX of each observation\n")
        for row in range(len(model.points.points_world)):
            if row % BLOCK == 0:
                _check(cancel)
            stream.write(_point_line(model.points, row))


def _check(cancel: CancelToken | None) -> None:
    if cancel is not None:
        cancel.check()


def _image_bytes(image: ColmapImage) -> bytes:
    observations = np.empty(len(image.pixels_px), _OBSERVATION)
    observations["xy"], observations["point"] = image.pixels_px, image.point_ids
    pose = struct.pack("<I7dI", image.image_id, *image.quaternion_wxyz, *image.translation, image.camera_id)
    name = image.name.encode() + b"\0"
    return pose + name + struct.pack("<Q", len(observations)) + observations.tobytes()


def _point_records(points: ColmapPoints) -> NDArray[np.void]:
    records = np.empty(len(points.points_world), _POINT)
    records["id"] = np.arange(1, len(records) + 1)
    records["xyz"], records["rgb"], records["error"] = points.points_world, points.colors, points.errors_px
    records["length"] = np.diff(points.track_starts)
    return records


def _image_lines(image: ColmapImage) -> str:
    pose = _words(*image.quaternion_wxyz, *image.translation)
    seen = " ".join(
        f"{_words(x, y)} {int(point)}" for (x, y), point in zip(image.pixels_px, image.point_ids, strict=True)
    )
    return f"{image.image_id} {pose} {image.camera_id} {image.name}\n{seen}\n"


def _point_line(points: ColmapPoints, row: int) -> str:
    red, green, blue = (int(v) for v in points.colors[row])
    track = points.track[points.track_starts[row] : points.track_starts[row + 1]]
    words = [str(row + 1), _words(*points.points_world[row]), f"{red} {green} {blue}", _words(points.errors_px[row])]
    words += [f"{int(image_id)} {int(place)}" for image_id, place in track]
    return " ".join(words) + "\n"


def _words(*numbers: float) -> str:
    """Numbers in as many digits as give them back exactly."""
    return " ".join(repr(float(number)) for number in numbers)
