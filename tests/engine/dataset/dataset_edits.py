"""Small changes to a dataset of the profile for LeRobot, each of which breaks one thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from l3rocc_engine.dataset.video import write_video

TABLE = "data/chunk-000/episode_000000.parquet"
VIDEO = "videos/chunk-000/observation.images.front/episode_000000.mp4"
SIDE = "occupancy/chunk-000/episode_000000"


def edit_info(root: Path, **changes: object) -> None:
    path = root / "meta/info.json"
    info = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in info.items() if value is not None}))


def edit_feature(root: Path, key: str, **changes: object) -> None:
    features = json.loads((root / "meta/info.json").read_text())["features"]
    features[key] = {**features[key], **changes}
    edit_info(root, features=features)


def edit_line(root: Path, name: str, **changes: object) -> None:
    path = root / f"meta/{name}.jsonl"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}) + "\n")


def edit_stats(root: Path, key: str, **changes: object) -> None:
    stats = json.loads((root / "meta/episodes_stats.jsonl").read_text())["stats"]
    edit_line(root, "episodes_stats", stats={**stats, key: {**stats[key], **changes}})


def edit_column(root: Path, key: str, values: object) -> None:
    table = pq.read_table(root / TABLE)
    array = pa.array(values)
    field = table.schema.field(key).with_type(array.type)
    pq.write_table(table.set_column(table.column_names.index(key), field, array), root / TABLE)


def edit_cell(root: Path, key: str, row: int, value: object) -> None:
    values = pq.read_table(root / TABLE).column(key).to_numpy().copy()
    values[row] = value
    edit_column(root, key, values)


def encode(root: Path, *, frames: int = 12, size: tuple[int, int] = (96, 64), fps: int = 10) -> None:
    image = np.zeros((size[1], size[0], 3), np.uint8)
    write_video(root / VIDEO, ((i, image) for i in range(frames)), size_px=size, fps=fps)


def edit_npz(root: Path, name: str, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    with np.load(root / SIDE / name) as arrays:
        values = dict(arrays)
    values = {key: value.copy() for key, value in values.items()}
    change(values)
    np.savez_compressed(root / SIDE / name, **values)


def flip_byte(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 0xFF
    path.write_bytes(data)


def drop_column(root: Path, key: str) -> None:
    table = pq.read_table(root / TABLE)
    pq.write_table(table.drop_columns([key]), root / TABLE)


def add_column(root: Path) -> None:
    table = pq.read_table(root / TABLE)
    pq.write_table(table.append_column("extra", pa.array(np.arange(12))), root / TABLE)


def set_indices(arrays: dict[str, np.ndarray], position: int, value: int) -> None:
    arrays["indices"][position] = value


def set_bits(arrays: dict[str, np.ndarray]) -> None:
    arrays["data"][4] = 0
