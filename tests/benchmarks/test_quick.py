"""The benchmark table must keep running; its numbers are of no concern here."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import GROUPS

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "Occupancy, one frame": {"one frame, plain traversal", "one frame, beams", "voxelise, one frame"},
    "Occupancy, a sequence with its files": {
        "24 frames into both files",
        "open both files",
        "save both files",
        "any frame of the files",
        "world map",
        "who saw a voxel",
    },
    "Decoding video, against OpenCV": {"decode all, a frame", "step forward"},
    "Every stage on the sample": {"all stages", "stage cloud", "stage occupancy", "stage world"},
    "π³ network, against the published way of computing it": {"float32, published way", "float32, ours"},
    "A batch, apart from what is done in it": {"parent's memory after 6", "a trajectory without its pipeline"},
    "Random frames for training": {"sparse voxels, pictures, 0 workers", "sparse voxels, pictures, 2 workers"},
    "Start-up": {"l3rocc --version"},
}


def test_quick_benchmarks_give_every_row(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "bench.json"
    groups = [group for group in GROUPS if group not in ("render", "film", "scrub")]  # these need a drawing system
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(path), "--only", *groups]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["is_quick"] is True and report["machine"]["cores"] > 0
    for title, names in EXPECTED.items():
        rows = {row["name"]: row for row in report["groups"][title]}
        assert names <= set(rows)
        assert all(row["value"] >= 0 and row["unit"] for row in rows.values())
        for name in names:
            assert name in done.stdout and rows[name]["value"] > 0
    frame = {row["name"]: row["note"] for row in report["groups"]["Occupancy, one frame"]}
    assert "same bits" in frame["one frame, beams"]
    assert any("fixed-step march" in name for name in frame)


@pytest.mark.parametrize(
    ("group", "name", "unit"),
    [("render", "occupancy panel, full", "ms"), ("film", "whole picture", "fps"), ("film", "film, all cores", "fps")],
)
def test_drawing_benchmarks_run(group: str, name: str, unit: str) -> None:
    pytest.importorskip("vtkmodules")
    rows = {row["name"]: row for row in quick_rows(group)}
    assert rows[name]["value"] > 0 and rows[name]["unit"] == unit


@cache
def quick_rows(group: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--group", group]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_scrubbing_is_timed_in_a_real_window() -> None:
    pytest.importorskip("vtkmodules")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--group", "scrub"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout.splitlines()[-1])}
    if not rows:
        pytest.skip("there is neither a screen nor xvfb-run")
    assert len(rows) == 12
    for kind in ("jump to a frame", "step to the next frame", "drag the playhead", "a frame in full", "all of a frame"):
        median, slow = rows[f"{kind}, median"], rows[f"{kind}, 95 %"]
        assert 0 < median["value"] <= slow["value"] and median["unit"] == "ms" and median["peak_mb"] > 0
