"""Each rule finds what breaks it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.dataset import validate_dataset
from tests.engine.dataset.dataset_edits import (
    SIDE,
    TABLE,
    VIDEO,
    add_column,
    drop_column,
    edit_cell,
    edit_column,
    edit_feature,
    edit_info,
    edit_line,
    edit_npz,
    edit_stats,
    encode,
    flip_byte,
    set_bits,
    set_indices,
)

DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no info key": (lambda r: edit_info(r, chunks_size=None), "meta.keys", "chunks_size"),
    "fractional fps": (lambda r: edit_info(r, fps=29.97), "meta.keys", "fps must be of type int"),
    "old version": (lambda r: edit_info(r, codebase_version="v2.0"), "meta.keys", "v2.0"),
    "no tasks file": (lambda r: (r / "meta/tasks.jsonl").unlink(), "meta.files", "missing"),
    "broken line": (lambda r: (r / "meta/episodes.jsonl").write_text("{oops\n"), "meta.files", "not a JSON object"),
    "wrong total": (lambda r: edit_info(r, total_frames=24), "meta.totals", "24, but the tables have 12"),
    "task number": (lambda r: edit_line(r, "episodes", tasks=[0]), "meta.episodes", "texts, not 0"),
    "unknown task": (lambda r: edit_line(r, "episodes", tasks=["fly"]), "meta.episodes", "'fly'"),
    "episode 1 first": (lambda r: edit_line(r, "episodes", episode_index=1), "meta.episodes", "from 0"),
    "task index": (lambda r: edit_line(r, "tasks", task_index=3), "meta.tasks", "3 where 0"),
    "no default": (lambda r: edit_feature(r, "timestamp", dtype="float64"), "schema.defaults", "float64"),
    "slash": (lambda r: edit_info(r, features={"a/b": {"dtype": "int64", "shape": [1]}}), "schema.features", "slash"),
    "no channel name": (
        lambda r: edit_feature(r, "observation.images.front", names=None),
        "schema.pictures",
        "needs names",
    ),
    "image in a name": (
        lambda r: edit_info(r, features={"image_count": {"dtype": "int64", "shape": [1]}}),
        "schema.pictures",
        "image_count",
    ),
    "stat axis": (lambda r: edit_stats(r, "action", min=[[0.0] * 7]), "stats.shapes", r"\(1, 7\)"),
    "no stats": (lambda r: edit_line(r, "episodes_stats", stats={}), "stats.shapes", "no statistics of"),
    "bare count": (lambda r: edit_stats(r, "action", count=12), "stats.counts", "list of one number"),
    "wrong count": (lambda r: edit_stats(r, "action", count=[24]), "stats.counts", "24, but the table has 12"),
    "bytes as stats": (
        lambda r: edit_stats(r, "observation.images.front", max=[[[255.0]]] * 3),
        "stats.pictures",
        "0 to 1",
    ),
    "stats of another": (lambda r: edit_line(r, "episodes_stats", episode_index=7), "stats.episodes", "7"),
    "no table": (lambda r: (r / TABLE).unlink(), "data.files", "missing"),
    "broken table": (lambda r: (r / TABLE).write_bytes(b"PAR1"), "data.files", "not a readable parquet"),
    "foreign file": (lambda r: (r / "data/chunk-000/a.ply").write_text("x"), "data.foreign", "parses every file"),
    "no column": (lambda r: drop_column(r, "action"), "data.columns", "action is missing"),
    "column type": (lambda r: edit_column(r, "frame_index", np.arange(12.0)), "data.columns", "holds double"),
    "flat matrix": (lambda r: edit_feature(r, "action", shape=[7, 1]), "data.columns", "nested 1 deep"),
    "column shape": (lambda r: edit_feature(r, "action", shape=[6]), "data.columns", "another shape"),
    "not finite": (lambda r: edit_cell(r, "timestamp", 3, np.nan), "data.columns", "not finite"),
    "length": (lambda r: edit_line(r, "episodes", length=13), "data.lengths", "12 rows"),
    "index": (lambda r: edit_cell(r, "index", 4, 40), "data.numbering", "40 where 4 is due"),
    "episode": (lambda r: edit_cell(r, "episode_index", 0, 1), "data.numbering", "1 where 0 is due"),
    "task row": (lambda r: edit_cell(r, "task_index", 2, 1), "data.numbering", "task_index 1"),
    "time step": (lambda r: edit_cell(r, "timestamp", 5, 0.51), "data.time", r"0\.110000 s, not 0\.1"),
    "linspace to the end": (
        lambda r: edit_column(r, "timestamp", np.linspace(0, 1.2, 12, dtype=np.float32)),
        "data.time",
        "step to this row",
    ),
    "late start": (
        lambda r: edit_column(r, "timestamp", (np.arange(12) / 10 + 1).astype(np.float32)),
        "data.time",
        "not 0",
    ),
    "no video": (lambda r: (r / VIDEO).unlink(), "video.files", "missing"),
    "broken video": (lambda r: (r / VIDEO).write_bytes(b"x" * 99), "video.files", "not a readable video"),
    "short video": (lambda r: encode(r, frames=11), "video.frames", "11 frames for 12 rows"),
    "slow video": (lambda r: encode(r, fps=5), "video.time", r"0\.2000 s, not 0\.1000"),
    "video size": (lambda r: encode(r, size=(64, 96)), "video.size", "64x96"),
    "declared height": (
        lambda r: edit_feature(r, "observation.images.front", info={"video.height": 62}),
        "video.size",
        "62, but is 64",
    ),
    "second video": (
        lambda r: shutil.copytree((r / VIDEO).parent, r / "videos/chunk-000/preview"),
        "video.undeclared",
        "no feature declares",
    ),
    "no mask": (lambda r: (r / SIDE / "mask_sequence.npz").unlink(), "occupancy.arrays", "missing"),
    "cut mask": (
        lambda r: (r / SIDE / "mask_sequence.npz").write_bytes(b"PK\x03\x04" + b"0" * 50),
        "occupancy.arrays",
        "the file is cut off",
    ),
    "no array": (
        lambda r: edit_npz(r, "occ_sequence.npz", lambda a: a.pop("indptr") is None),
        "occupancy.arrays",
        "indptr is missing",
    ),
    "array type": (
        lambda r: edit_npz(r, "occ_sequence.npz", lambda a: a.update(data=a["data"].astype(bool))),
        "occupancy.arrays",
        "bool, not uint8",
    ),
    "stated shape": (
        lambda r: edit_npz(r, "mask_sequence.npz", lambda a: a.update(shape=np.array([32, 24, 31]))),
        "occupancy.sizes",
        "23808",
    ),
    "frames": (
        lambda r: edit_npz(r, "mask_sequence.npz", lambda a: a.update(data=a["data"][:11])),
        "occupancy.sizes",
        "there are 11 frames, but occ_sequence.npz has 12",
    ),
    "grid": (
        lambda r: edit_npz(r, "mask_sequence.npz", lambda a: a.update(voxel_size=np.array(0.2))),
        "occupancy.grid",
        r"\[16, 12, 16\]",
    ),
    "hidden voxels": (lambda r: edit_npz(r, "mask_sequence.npz", set_bits), "occupancy.rows", "are not visible"),
    "voxel outside": (
        lambda r: edit_npz(r, "occ_sequence.npz", lambda a: set_indices(a, 3, 10**6)),
        "occupancy.rows",
        "1000000 is not in the grid",
    ),
    "order": (
        lambda r: edit_npz(r, "occ_sequence.npz", lambda a: set_indices(a, 1, int(a["indices"][0]))),
        "occupancy.rows",
        "not sorted",
    ),
    "other values": (
        lambda r: edit_npz(r, "occ_sequence.npz", lambda a: a["data"].__setitem__(5, 2)),
        "occupancy.rows",
        "other values than 1",
    ),
    "rotten bytes": (lambda r: flip_byte(r / SIDE / "mask_sequence.npz", 3000), "occupancy.rows", "damaged"),
    "world shape": (
        lambda r: edit_npz(r, "all_occ.npz", lambda a: a.update(data=a["data"][:, :2])),
        "occupancy.world",
        "not float32",
    ),
    "lost file": (lambda r: (r / SIDE / "cloud.ply").unlink(), "run.manifest", r"cloud\.ply is missing"),
}


@pytest.mark.parametrize(("damage", "rule", "words"), DAMAGES.values(), ids=DAMAGES.keys())
def test_each_damage_is_found_by_its_rule(copy_of: Callable, damage: Callable, rule: str, words: str) -> None:
    root = copy_of("lerobot")
    damage(root)
    report = validate_dataset(root)
    assert not report.ok
    found = [finding for finding in report.failures if finding.rule == rule]
    assert found, [finding.text() for finding in report.failures]
    assert any(re.search(words, finding.sentence) for finding in found), [finding.text() for finding in found]
    assert all((root / finding.file).parent.exists() for finding in found)


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (add_column, "data.columns"),
        (lambda r: edit_info(r, splits={"train": "0:1", "test": "0:0"}), "meta.splits"),
        (lambda r: edit_feature(r, "observation.images.front", info={"video.codec": "libx264"}), "video.size"),
        (lambda r: shutil.copy(r / VIDEO, r / "preview.mp4"), "video.undeclared"),
        (lambda r: edit_npz(r, "mask_sequence.npz", lambda a: a.pop("range") is None), "occupancy.grid"),
        (lambda r: edit_npz(r, "all_occ.npz", lambda a: a.pop("frame") is None), "occupancy.world"),
    ],
)
def test_what_only_others_dislike_is_a_warning(copy_of: Callable, damage: Callable, rule: str) -> None:
    root = copy_of("lerobot")
    (root / "meta/run.json").unlink()
    damage(root)
    report = validate_dataset(root)
    assert report.ok and not report.is_strict
    assert [finding.rule for finding in report.warnings] == [rule]
