"""The command line from its arguments to its exit codes, on a computed clip and a backend that sees a wall."""

from __future__ import annotations

import json
import os
import signal
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from l3rocc_engine.dataset import open_dataset
from l3rocc_engine.pipeline import process_source
from l3rocc_studio.cli import process as process_command
from l3rocc_studio.cli.console import duration
from l3rocc_studio.cli.main import main
from l3rocc_studio.cli.process import work_folder
from tests.synthetic.run_factory import make_run
from tests.synthetic.sources import WallBackend

GRID = ["--voxel-size", "0.1", "--pc-range", "-1", "-1", "-0.5", "1", "1", "2.5"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    make_run(folder, num_frames=6)
    return folder / "room.mp4"


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> WallBackend:
    wall = WallBackend(name="builtin")
    chosen = partial(process_source, choose=lambda _source, _config: (wall, "asked for"))
    monkeypatch.setattr(process_command, "process_source", chosen)
    return wall


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_process_writes_a_dataset_that_opens(
    clip: Path, backend: WallBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "trajectory_0"
    assert main(["process", str(clip), "--out", str(out), *GRID, "--json"]) == 0
    lines = json_lines(capsys.readouterr().out)
    assert lines[-1]["type"] == "result"
    assert lines[-1]["frames"] == 6
    assert {line["type"] for line in lines} >= {"progress", "note", "result"}
    run = open_dataset(out)
    assert run.num_frames == 6
    assert run.config.voxel_size == 0.1
    assert not work_folder(out).exists(), "the stages of a finished run are removed"


def test_an_existing_folder_is_not_touched_without_overwrite(
    clip: Path, backend: WallBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert main(["process", str(clip), "--out", str(out), *GRID]) == 1
    assert "exists already" in capsys.readouterr().err
    assert (out / "thesis.txt").read_text() == "years of work"
    assert backend.calls == 0


def test_no_overwrite_is_not_a_word_that_means_yes(clip: Path, backend: WallBackend, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert main(["process", str(clip), "--out", str(out), *GRID]) == 0
    assert main(["process", str(clip), "--out", str(out), *GRID, "--no-overwrite"]) == 1
    assert main(["process", str(clip), "--out", str(out), *GRID, "--overwrite"]) == 0
    with pytest.raises(SystemExit):
        main(["process", str(clip), "--out", str(out), "--overwrite", "False", "extra"])


def test_cancel_leaves_stages_and_the_next_run_goes_on(
    clip: Path, backend: WallBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    backend.cancel_after = 3
    assert main(["process", str(clip), "--out", str(out), *GRID]) == 130
    assert not out.exists()
    assert "Run the same command again" in capsys.readouterr().err
    backend.cancel_after = None
    assert main(["process", str(clip), "--out", str(out), *GRID]) == 0
    assert backend.calls == 1


def test_ctrl_c_stops_politely(
    clip: Path, backend: WallBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconstruct = backend.reconstruct

    def interrupted(*arguments: Any, **options: Any) -> Any:
        threading.Timer(0.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        while not options["cancel"].is_set():
            pass
        return reconstruct(*arguments, **options)

    monkeypatch.setattr(backend, "reconstruct", interrupted)
    assert main(["process", str(clip), "--out", str(tmp_path / "run"), *GRID]) == 130


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["process", "nothing.mp4", "--out", "OUT"], 2, "nothing.mp4"),
        (["process", "CLIP", "--out", "OUT", "--voxel-size", "0.03"], 2, "whole number of voxels"),
        (["process", "CLIP", "--out", "OUT", "--config", "nothing.yaml"], 2, "nothing.yaml"),
        (["info", "nothing.mp4"], 2, "nothing.mp4"),
        (["validate", "nothing"], 2, "nothing"),
        (["render", "nothing", "--out", "OUT.mp4"], 2, "nothing"),
    ],
)
def test_bad_input_is_a_sentence_and_code_2(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    names = {"CLIP": str(clip), "OUT": str(tmp_path / "out"), "OUT.mp4": str(tmp_path / "out.mp4")}
    assert main([names.get(argument, argument) for argument in arguments]) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_info_and_validate_describe_a_finished_run(
    clip: Path, backend: WallBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["process", str(clip), "--out", str(out), *GRID, "--profile", "lerobot"]) == 0
    capsys.readouterr()
    assert main(["info", str(out), "--json"]) == 0
    facts = json_lines(capsys.readouterr().out)[-1]
    assert facts["frames"] == 6
    assert facts["keyframes"] == 3
    assert main(["validate", str(out)]) == 0
    (out / "meta" / "tasks.jsonl").unlink()
    assert main(["validate", str(out)]) == 4


@pytest.mark.parametrize(("seconds", "words"), [(8.4, "8 s"), (125, "2:05"), (3725, "1:02:05")])
def test_durations_read_well(seconds: float, words: str) -> None:
    assert duration(seconds) == words
