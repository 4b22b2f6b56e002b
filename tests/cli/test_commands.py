"""The command line from its arguments to its exit codes, on a computed clip and a backend that sees a wall."""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from l3rocc_engine import pipeline
from l3rocc_engine.dataset import open_dataset
from l3rocc_engine.errors import L3roccError
from l3rocc_engine.pipeline import process_source
from l3rocc_studio.cli import info as info_command
from l3rocc_studio.cli.console import duration
from l3rocc_studio.cli.destination import work_folder
from l3rocc_studio.cli.main import main
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
    monkeypatch.setattr(pipeline, "process_source", chosen)
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
    assert "already exists" in capsys.readouterr().err
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
    clip: Path,
    backend: WallBackend,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("l3rocc_engine.pipeline.stage.GRACE_S", 600.0)  # the disk may be slow here
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


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("wanted", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_while_the_command_is_loading_stops_without_a_traceback(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wanted: str
) -> None:
    def interrupted(_parser: argparse.ArgumentParser) -> None:
        signal.raise_signal(getattr(signal, wanted))

    monkeypatch.setattr(info_command, "add_arguments", _then(interrupted, info_command.add_arguments))
    assert main(["info", str(clip)]) == 130
    assert "Traceback" not in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, "what was set before is set again"


def test_the_second_ctrl_c_stops_at_once_and_tidily(
    clip: Path, backend: WallBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(*_arguments: Any, **_options: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("went on after the second Ctrl-C")

    monkeypatch.setattr(backend, "reconstruct", deaf)
    assert main(["process", str(clip), "--out", str(tmp_path / "run"), *GRID]) == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/somewhere/x.npy"), "/somewhere/x.npy: No space left"),
        (MemoryError("Unable to allocate 3 TiB"), "Unable to allocate 3 TiB"),
    ],
)
def test_what_the_machine_refuses_is_a_sentence(
    clip: Path,
    backend: WallBackend,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    problem: Exception,
    words: str,
) -> None:
    def refused(*_arguments: Any, **_options: Any) -> Any:
        raise problem

    monkeypatch.setattr(backend, "reconstruct", refused)
    assert main(["process", str(clip), "--out", str(tmp_path / "run"), *GRID]) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_follows_from_the_stop_is_a_stop(
    clip: Path, backend: WallBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed_with_its_child(*_arguments: Any, **_options: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        raise L3roccError("The step 'solve' stopped unexpectedly (exit code -15).")

    monkeypatch.setattr(backend, "reconstruct", killed_with_its_child)
    assert main(["process", str(clip), "--out", str(tmp_path / "run"), *GRID]) == 130


def test_a_bad_destination_is_refused_before_the_work(
    clip: Path, backend: WallBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert main(["process", str(clip), "--out", str(out), *GRID, "--overwrite"]) == 1
    assert "is not a dataset" in capsys.readouterr().err
    assert main(["process", str(clip), "--out", str(out / "thesis.txt" / "run"), *GRID]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert backend.calls == 0


def _then(first: Callable[[Any], None], second: Callable[[Any], None]) -> Callable[[Any], None]:
    def both(value: Any) -> None:
        first(value)
        second(value)

    return both


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["process", "nothing.mp4", "--out", "OUT"], 2, "nothing.mp4"),
        (["process", "CLIP", "--out", "OUT", "--voxel-size", "0.03"], 2, "whole number of voxels"),
        (["process", "CLIP", "--out", "OUT", "--config", "nothing.yaml"], 2, "nothing.yaml"),
        (["process", "CLIP", "--out", "OUT", "--task", "two\nlines"], 2, "The task must be one line"),
        (["info", "nothing.mp4"], 2, "nothing.mp4"),
        (["validate", "nothing"], 2, "nothing"),
        (["render", "nothing", "--out", "OUT.mp4"], 2, "nothing"),
        (["render", "nothing", "--out", "OUT.mp4", "--height", "99999"], 2, "from 64 to 2160"),
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
    assert not (tmp_path / ".out.l3rocc-work").exists(), "it was refused before the work began"


def test_the_record_of_a_run_repeats_its_settings(clip: Path, backend: WallBackend, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["process", str(clip), "--out", str(first), *GRID, "--interval", "3"]) == 0
    assert main(["process", str(clip), "--out", str(second), "--config", str(first / "meta" / "run.json")]) == 0
    assert open_dataset(second).config == open_dataset(first).config
    for name in ("data/chunk-000/all_occ.npz", "data/chunk-000/episode_000000.parquet"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    (tmp_path / "bad.json").write_text('{"config": {"bogus": 1}}')
    assert main(["process", str(clip), "--out", str(tmp_path / "x"), "--config", str(tmp_path / "bad.json")]) == 2


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
    assert facts["metric"] is False and facts["scale"] == "The scale is unknown; lengths are in units."
    assert main(["info", str(out)]) == 0
    told = capsys.readouterr().out
    assert "\nscale          The scale is unknown; lengths are in units.\n" in told and "metric" not in told
    assert " voxels of 0.1 units\n" in told
    assert main(["validate", str(out)]) == 0
    (out / "meta" / "tasks.jsonl").unlink()
    assert main(["validate", str(out)]) == 4


@pytest.mark.parametrize(("seconds", "words"), [(8.4, "8 s"), (125, "2:05"), (3725, "1:02:05")])
def test_durations_read_well(seconds: float, words: str) -> None:
    assert duration(seconds) == words
