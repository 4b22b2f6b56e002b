from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse

from l3rocc_engine.dataset import Outcome, layout, validate_dataset
from l3rocc_engine.dataset.validate import RULES
from l3rocc_engine.dataset.video import write_video
from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.progress import CancelToken

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


DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no info key": (lambda r: edit_info(r, chunks_size=None), "meta.keys", "chunks_size"),
    "fractional fps": (lambda r: edit_info(r, fps=29.97), "meta.keys", "fps must be of type int"),
    "old version": (lambda r: edit_info(r, codebase_version="v2.0"), "meta.keys", "v2.0"),
    "no tasks file": (lambda r: (r / "meta/tasks.jsonl").unlink(), "meta.files", "missing"),
    "broken line": (lambda r: (r / "meta/episodes.jsonl").write_text("{oops\n"), "meta.files", "no JSON object"),
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
    "broken table": (lambda r: (r / TABLE).write_bytes(b"PAR1"), "data.files", "no readable parquet"),
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
        "no complete",
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


def test_our_lerobot_profile_is_strictly_valid(pristine: dict[str, Path]) -> None:
    report = validate_dataset(pristine["lerobot"])
    assert report.is_strict, report.text()
    assert {finding.outcome for finding in report.findings} == {Outcome.OK}
    assert [finding.rule for finding in report.findings] == [rule.name for rule in RULES]


def test_our_interndata_profile_is_valid_with_its_known_limits(pristine: dict[str, Path]) -> None:
    report = validate_dataset(pristine["interndata"])
    assert report.ok, report.text()
    assert [(finding.rule, Path(finding.file).name) for finding in report.warnings] == [
        ("schema.policies", "info.json"),
        ("schema.policies", "info.json"),
        ("data.foreign", "all_occ.npz"),
        ("data.foreign", "origin_pcd.ply"),
        ("video.undeclared", "reference.mp4"),
    ]


def test_the_same_tree_from_others_fails(copy_of: Callable) -> None:
    root = copy_of("interndata")
    (root / "meta/run.json").unlink()
    assert {finding.rule for finding in validate_dataset(root).failures} == {"data.foreign", "video.undeclared"}


def test_files_of_the_original_are_read(copy_of: Callable) -> None:
    """What scipy and numpy write, without range, voxel size or index."""
    root = copy_of("interndata")
    occ, mask = next(root.rglob("occ_sequence.npz")), next(root.rglob("mask_sequence.npz"))
    scipy.sparse.save_npz(occ, scipy.sparse.load_npz(occ))
    with np.load(mask) as arrays:
        data, shape = arrays["data"], arrays["shape"]
    np.savez_compressed(mask, data=data, shape=shape, mode="packed")
    (root / "meta/run.json").unlink()
    findings = {f.rule: f.outcome for f in validate_dataset(root).findings if f.rule.startswith("occupancy")}
    assert findings == {
        "occupancy.arrays": Outcome.OK,
        "occupancy.sizes": Outcome.OK,
        "occupancy.grid": Outcome.WARNING,
        "occupancy.rows": Outcome.OK,
        "occupancy.world": Outcome.OK,
    }


def test_real_interndata_sample_shows_its_contradictions(samples_dir: Path) -> None:
    root = next(path.parent.parent for path in samples_dir.glob("small_vln_n1/**/meta/info.json"))
    report = validate_dataset(root)
    failed = {(finding.rule, finding.sentence) for finding in report.failures}
    text = report.text()
    assert ("meta.totals", "total_frames is 104, but the tables have 52") in failed
    for wanted in (
        "the table has 52 rows, but meta/episodes.jsonl states 104",
        "the declared column timestamp is missing",
        "the declared column task_index is missing",
        "of action should have the shape (4, 4), not (1, 4, 4)",
        "count of action is 104, but the table has 52 rows",
        "data/chunk-000/path.ply: LeRobot parses every file",
        "no feature declares this video",
        "the video runs at 10 frames a second, but fps is 30",
    ):
        assert wanted in text
    skipped = {finding.rule for finding in report.findings if finding.outcome is Outcome.SKIPPED}
    assert {"data.time", "video.frames", "occupancy.rows", "run.manifest"} <= skipped


def test_many_problems_are_counted(copy_of: Callable) -> None:
    root = copy_of("lerobot")
    edit_line(root, "episodes_stats", stats={})
    found = [finding.sentence for finding in validate_dataset(root).failures if finding.rule == "stats.shapes"]
    assert len(found) == 6
    assert found[-1] == "7 more problems of this kind."


def test_report_for_people_and_machines(copy_of: Callable) -> None:
    root = copy_of("lerobot")
    edit_cell(root, "index", 4, 40)
    report = validate_dataset(root)
    assert f"FAIL    data.numbering     {TABLE}, row 4: index is 40 where 4 is due" in report.text()
    assert report.text().endswith("0 warnings, 2 failures.")  # the manifest notices the changed size as well
    plain = json.loads(json.dumps(report.to_dict()))
    entry = next(finding for finding in plain["findings"] if finding["rule"] == "data.numbering")
    assert (plain["ok"], entry["outcome"], entry["file"], entry["row"]) == (False, "fail", TABLE, 4)


def test_other_folders_and_cancel(pristine: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no dataset folder"):
        validate_dataset(tmp_path)
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        validate_dataset(pristine["lerobot"], cancel=token)


def test_nonsense_in_the_metadata_never_raises(copy_of: Callable) -> None:
    root = copy_of("lerobot")
    nonsense = ["[]", '{"features": 3, "fps": "ten", "chunks_size": 0, "data_path": "{x}", "video_path": 5}', "{}"]
    for text in nonsense:
        (root / "meta/info.json").write_text(text)
        assert not validate_dataset(root).ok
    for name in ("episodes", "episodes_stats", "tasks"):
        for text in ("", "null\n", "3\n", '{"episode_index": "a", "length": [], "stats": {"action": 3}, "task": 5}\n'):
            (root / f"meta/{name}.jsonl").write_text(text)
            assert not validate_dataset(root).ok


def test_a_labelled_trajectory_is_checked_against_the_list_of_its_batch(copy_of: Callable[[str], Path]) -> None:
    root = copy_of("interndata")
    (root / layout.RUN).unlink()
    sizes = {p.relative_to(root).as_posix(): p.stat().st_size for p in root.rglob("*") if p.is_file()}
    (root / layout.BATCH).write_text(json.dumps({"format": "l3rocc-batch", "files": sizes}))
    report = validate_dataset(root)
    assert report.ok, report.text()  # what the layout asks for in data/ is a warning, as in a folder of ours
    cloud = root / "data/chunk-000/origin_pcd.ply"
    cloud.write_bytes(cloud.read_bytes()[:-10])
    (root / "meta/poses.npz").unlink()
    (root / layout.BATCH).write_text(json.dumps({"format": "l3rocc-batch", "files": sizes}))
    failures = [f.sentence for f in validate_dataset(root).failures if f.rule == "run.manifest"]
    assert len(failures) == 2
    assert any(sentence == "meta/poses.npz is missing" for sentence in failures)
    assert any(sentence.startswith("data/chunk-000/origin_pcd.ply has") for sentence in failures)


def test_faults_of_the_dataset_that_was_labelled_are_told_apart(
    copy_of: Callable[[str], Path], pristine: dict[str, Path], tmp_path: Path
) -> None:
    original = Path(shutil.copytree(pristine["interndata"], tmp_path / "original"))
    (original / layout.RUN).unlink()
    edit_info(original, fps=20)
    root = copy_of("interndata")
    (root / layout.RUN).unlink()
    edit_info(root, fps=20, total_tasks=7)
    (root / layout.BATCH).write_text(json.dumps({"source": str(original), "files": {}}))
    report = validate_dataset(root)
    own = [finding for finding in report.failures if finding not in report.in_original]
    assert [finding.rule for finding in own] == ["meta.totals"]
    assert f"{len(report.failures) - 1} of the failures were there before" in report.summary()
    told = [entry for entry in report.to_dict()["findings"] if entry["outcome"] == "fail"]
    assert [entry["rule"] for entry in told if not entry["in_original"]] == ["meta.totals"]
