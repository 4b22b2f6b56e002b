from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from l3rocc_engine.dataset import Outcome, layout, validate_dataset
from l3rocc_engine.dataset.validate import RULES
from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.progress import CancelToken
from tests.engine.dataset.dataset_edits import (
    TABLE,
    edit_cell,
    edit_info,
    edit_line,
)


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
    with pytest.raises(InputError, match="not a dataset folder"):
        validate_dataset(tmp_path)
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        validate_dataset(pristine["lerobot"], cancel=token)


HOSTILE_PATHS = (
    "data/{episode_index:099999999999d}",
    "data/{episode_index!r:>99999999999}",
    "{episode_index.x}",
    "{video_key[9]}",
    "/etc/passwd",
    "../../../{episode_index}",
    3000 * "a",
    "\x00",
)


def test_nonsense_in_the_metadata_never_raises(copy_of: Callable) -> None:
    root = copy_of("lerobot")
    nonsense = [
        "[]",
        *(json.dumps({"data_path": path, "video_path": path}) for path in HOSTILE_PATHS),
        '{"features": 3, "fps": "ten", "chunks_size": 0, "data_path": "{x}", "video_path": 5}',
        "{}",
    ]
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
