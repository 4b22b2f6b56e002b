from __future__ import annotations

import json
from pathlib import Path

import pytest

from l3rocc_engine.batch.report import Outcome
from l3rocc_engine.batch.result import UnitResult, UnitStatus
from l3rocc_engine.dataset import open_dataset, validate_dataset, write_dataset
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import JsonReporter
from l3rocc_studio.cli.main import main
from l3rocc_studio.cli.merge import merge_finished
from tests.synthetic.run_factory import make_run, part_of


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("clips")
    run = make_run(root / "source", num_frames=8)
    write_dataset(run, root / "runs" / "a", profile="lerobot")
    write_dataset(part_of(run, 1, 5), root / "runs" / "b", profile="lerobot")
    return root / "runs"


def test_merge_append_and_convert(clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, v30 = str(tmp_path / "all"), str(tmp_path / "v30")
    assert main(["merge", str(clips / "a"), "--out", out]) == 0
    assert main(["merge", str(clips / "b"), "--out", out, "--append", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {key: result[key] for key in ("type", "version", "datasets", "episodes", "frames", "tasks")} == {
        "type": "result",
        "version": "v2.1",
        "datasets": 2,
        "episodes": 2,
        "frames": 13,
        "tasks": 1,
    }
    assert open_dataset(Path(out), episode_idx=1).num_frames == 5
    assert main(["info", out]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("path ") and said[1].split() == ["episodes", "2"]
    assert said[2].startswith("episode        0, which all that follows is about")
    assert main(["merge", out, "--out", v30, "--format", "v3.0"]) == 0
    assert "LeRobot v3.0, 2 episodes of 1 dataset, 13 frames, 1 task" in capsys.readouterr().out
    assert main(["validate", out]) == main(["validate", v30]) == 0


def test_refusals_are_sentences_with_exit_codes(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "all"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert main(["merge", str(clips), "--out", str(out), "--overwrite"]) == 1
    assert "is not a dataset and is not replaced" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "nothing"), "--out", str(tmp_path / "new")]) == 2
    assert "is not a folder" in capsys.readouterr().err
    assert (out / "thesis.txt").read_text() == "years of work"
    assert not (tmp_path / "new").exists()


def test_what_a_batch_has_finished_becomes_one_dataset(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [
        Outcome(result=UnitResult(unit="a", status=UnitStatus.DONE), published=clips / "a"),
        Outcome(result=UnitResult(unit="b", status=UnitStatus.KEPT), published=clips / "b"),
        Outcome(result=UnitResult(unit="c", status=UnitStatus.FAILED)),
    ]
    merge_finished(outcomes, tmp_path / "all", JsonReporter(), CancelToken())
    assert "1 of 3 runs have no result" in capsys.readouterr().out
    assert validate_dataset(tmp_path / "all").is_strict
    merge_finished(outcomes[2:], tmp_path / "none", JsonReporter(), CancelToken())
    assert not (tmp_path / "none").exists()
