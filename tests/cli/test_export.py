from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from plyfile import PlyData

from l3rocc_engine.dataset import open_dataset, write_dataset
from l3rocc_engine.errors import Cancelled, ConfigError
from l3rocc_studio.cli.frame_option import frame_numbers
from l3rocc_studio.cli.main import main
from tests.synthetic.run_factory import make_run

HUGE = 10**20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    return write_dataset(make_run(place), place / "dataset", profile="interndata")


def test_the_suffix_tells_the_format(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cloud.ply"
    assert main(["export", str(folder), "--out", str(out), "--max-points", "70", "--no-normals", "--json"]) == 0
    assert PlyData.read(out)["vertex"].count == 70
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1] == {"type": "result", "out": str(out), "format": "ply", "bytes": out.stat().st_size}
    assert any(line["type"] == "note" and "in 1 file" in line["text"] for line in lines)


def test_every_format_is_written(folder: Path, tmp_path: Path) -> None:
    assert main(["export", str(folder), "--out", str(tmp_path / "a.glb"), "--frusta", "3"]) == 0
    assert (tmp_path / "a.glb").read_bytes()[:4] == b"glTF"
    model = tmp_path / "model"
    assert main(["export", str(folder), "--format", "colmap", "--out", str(model), "--text", "--frames", "0:8:4"]) == 0
    assert (model / "sparse" / "0" / "images.txt").read_text().count(".jpg") == 3
    visual = tmp_path / "visual"
    options = ["--frames", ":1", "--folders", "occ_only_cam_npy", "--background", "once"]
    assert main(["export", str(folder), "--format", "visual", "--out", str(visual), *options]) == 0
    assert np.load(visual / "occ_only_cam_npy" / "occ_0001.npy").shape[1] == 4


@pytest.mark.parametrize("profile", ["lerobot", "interndata"])
def test_a_run_becomes_a_dataset_of_either_profile(folder: Path, tmp_path: Path, profile: str) -> None:
    out = tmp_path / "again"
    assert main(["export", str(folder), "--format", profile, "--out", str(out), "--frames", "2:6"]) == 0
    assert main(["validate", str(out)]) == 0
    run, part = open_dataset(folder), open_dataset(out)
    assert part.num_frames == 5
    for frame_idx in range(5):
        wanted, found = run.occupancy.frame(2 + frame_idx), part.occupancy.frame(frame_idx)
        np.testing.assert_array_equal(found.occupied, wanted.occupied)
    assert main(["export", str(folder), "--format", profile, "--out", str(out)]) in (1, 2), "it is there already"
    assert main(["export", str(folder), "--format", profile, "--out", str(out), "--overwrite"]) == 0
    assert open_dataset(out).num_frames == run.num_frames


def test_a_dataset_carries_the_task_and_the_robot_that_are_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    named = ["--task", "walk to the sofa", "--robot-type", "go2"]
    assert main(["export", str(folder), "--format", "lerobot", "--out", str(out), *named]) == 0
    assert "The dataset will take about" in capsys.readouterr().err
    assert json.loads((out / "meta" / "tasks.jsonl").read_text(encoding="utf-8"))["task"] == "walk to the sofa"
    assert json.loads((out / "meta" / "info.json").read_text(encoding="utf-8"))["robot_type"] == "go2"
    assert main(["validate", str(out)]) == 0
    bad = ["export", str(folder), "--format", "lerobot", "--out", str(tmp_path / "b"), "--task", "two\nlines"]
    assert main(bad) == 2
    assert "one line" in capsys.readouterr().err and not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "a.xyz"], "does not say which format"),
        (["--out", "a.glb", "--format", "ply"], "ends in .ply"),
        (["--out", "m", "--format", "colmap", "--points", "tracks"], "has no point tracks"),
        (["--out", "v", "--format", "visual", "--frames", "3:99"], "requested: 3 to 99"),
        (["--out", "v", "--format", "visual", "--frames", "x"], "is not a range of frames"),
        (["--out", "v", "--format", "visual", "--frames", "5:2"], "the last frame comes before the first"),
        (["--out", "v", "--format", "visual", "--frames", f"0:{HUGE}"], f"requested: 0 to {HUGE}"),
        (["--out", "v", "--format", "colmap", "--frames", f"0:{HUGE}"], f"requested: 0 to {HUGE}"),
        (["--out", "v", "--format", "lerobot", "--frames", f"0:{HUGE}"], f"requested: 0 to {HUGE}"),
        (["--out", "a.ply", "--max-points", "0"], "At least one point"),
        (["--out", "d", "--format", "lerobot", "--frames", "3:99"], "requested: 3 to 99"),
        (["--out", "d", "--format", "lerobot", "--frames", "0:6:2"], "follow one another"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    options[1] = str(tmp_path / options[1])
    assert main(["export", str(folder), *options]) in (1, 2)
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_ranges_of_frames_include_both_ends() -> None:
    assert frame_numbers(None, 10) is None
    assert frame_numbers("2:5", 10) == range(2, 6)
    assert frame_numbers("2:", 10) == range(2, 10)
    assert frame_numbers(":4:2", 10) == range(0, 5, 2)
    assert frame_numbers("7", 10) == range(7, 8)
    with pytest.raises(ConfigError):
        frame_numbers("1:2:0", 10)


def test_a_stop_leaves_nothing_and_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_args: object, **_options: object) -> None:
        raise Cancelled("Stopped on request.")

    monkeypatch.setattr("l3rocc_engine.visual.writer._write_npy", stopped)
    assert main(["export", str(folder), "--format", "visual", "--out", str(tmp_path / "v")]) == 130
    assert "Nothing was left behind." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_of_several_episodes_one_is_chosen_and_it_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("l3rocc_engine.dataset.episode.LONGEST_EPISODE_S", 1)
    out = write_dataset(make_run(tmp_path), tmp_path / "long", profile="lerobot")
    assert main(["export", str(out), "--out", str(tmp_path / "a.ply")]) == 0
    assert "has 2 episodes, 0 to 1; this is episode 0" in capsys.readouterr().err
    assert main(["export", str(out), "--out", str(tmp_path / "b.ply"), "--episode", "1"]) == 0
    assert "episodes" not in capsys.readouterr().err
    assert main(["export", str(out), "--out", str(tmp_path / "c.ply"), "--episode", "2"]) == 2
    assert "has no episode 2" in capsys.readouterr().err


def test_much_data_comes_with_the_smaller_choice(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("l3rocc_studio.cli.visual_files.MUCH_BYTES", 1000)
    assert main(["export", str(folder), "--format", "visual", "--out", str(tmp_path / "v"), "--frames", "0:2"]) == 0
    assert "With --background once it would take" in capsys.readouterr().err
