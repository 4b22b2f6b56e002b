"""What reporters write: words that are not ours, numbers and names that JSON does not know, readers that go away."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from l3rocc_engine.progress import ProgressEvent, StageClock, StageStatus
from l3rocc_studio.cli import console
from l3rocc_studio.cli.console import JsonReporter, Row, TerminalReporter, count_text, pace_text


def test_brackets_in_names_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = TerminalReporter()
    reporter.error("clip[red] [/nothing] :smile: is bad.", "Rename [it].")
    reporter.remark("pc_range needs [x0, y0]")
    said = capsys.readouterr().err
    assert "clip[red] [/nothing] :smile: is bad." in said
    assert "Rename [it]." in said
    assert "note pc_range needs [x0, y0]" in said


def test_a_log_holds_what_is_said_and_no_empty_lines(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = TerminalReporter()
    reporter.error("It failed.", "Try again.")
    reporter.close()
    assert capsys.readouterr().err == "error It failed.\n      Try again.\n"


def test_json_lines_are_json_whatever_they_hold(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    name = os.fsdecode(b"clip_\xff.mp4")
    JsonReporter().result("", {"residual": float("nan"), "all": [float("inf"), 1.5], "path": name, "ünï": "漢🎥"})
    line = capsys.readouterr().out
    assert line.isascii()
    assert json.loads(line, parse_constant=refuse) == {
        "type": "result",
        "residual": None,
        "all": [None, 1.5],
        "path": name,
        "ünï": "漢🎥",
    }


def test_names_that_are_no_unicode_can_be_printed() -> None:
    program = "from l3rocc_studio.cli.console import TerminalReporter as R; R().result('x \\udcff é', {})"
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=True)
    assert done.stdout.decode() == "x \\udcff é\n"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "info.json").write_text("{}")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "l3rocc_studio.cli.main", "validate", str(tmp_path), *options]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_a_download_that_goes_on_tells_its_own_rate_in_megabytes() -> None:
    times = iter([0.0, 10.0])
    clock = StageClock(lambda: next(times))
    clock.status(ProgressEvent(stage="download", done=3_000_000_000, total=3_834_000_000))
    status = clock.status(ProgressEvent(stage="download", done=3_100_000_000, total=3_834_000_000))
    assert status.left_s == pytest.approx(73.4)
    assert pace_text(status) == "10.0 MB/s, 1:13 left"
    assert count_text(status.event) == "3,100 of 3,834 MB"
    assert count_text(ProgressEvent(stage="check", done=3, total=20)) == "3/20"


def test_a_log_has_a_line_a_stage_and_some_of_a_long_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [0.0]
    monkeypatch.setattr("l3rocc_studio.cli.console.time.monotonic", lambda: now_s[0])
    reporter = TerminalReporter()
    for stage, seconds in (("features", 0.5), ("depth", 3.0)):
        for done in range(11):
            now_s[0] += seconds
            reporter.event(ProgressEvent(stage=stage, done=done, total=10))
    lines = [line.split("  ")[:2] for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        ["Finding features", "10/10"],
        ["Estimating depth", "4/10"],
        ["Estimating depth", "9/10"],
        ["Estimating depth", "10/10"],
    ]


@pytest.mark.parametrize(("taken_s", "says"), [(50.0, "0.2/s"), (500.0, "1.2/min"), (36_000.0, "1.0/h")])
def test_slow_things_have_a_pace_too(taken_s: float, says: str) -> None:
    event = ProgressEvent(stage="batch", done=10, total=10)
    assert pace_text(StageStatus(event=event, elapsed_s=taken_s, left_s=0.0)).startswith(f"{says}, took")


def test_a_terminal_has_a_row_for_each_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        console, "Console", lambda **_: Console(file=screen, force_terminal=True, width=120, highlight=False)
    )
    reporter = TerminalReporter()
    reporter.event(ProgressEvent(stage="batch", done=1, total=9))
    rows = [
        Row(name="scene/a [1]", share=0.43, text="Estimating depth, 2:00 left"),
        Row(name="scene/" + "b" * 60, share=None, text=""),
    ]
    reporter.under_way(rows, 3725.0)
    reporter.close()
    shown = screen.getvalue()
    for words in ("scene/a [1]", "43 %", "Estimating depth, 2:00 left", "1/9", "1:02:05 left", "…" + "b" * 39):
        assert words in shown
    reporter.under_way([], None)
    screen.truncate(0)
    reporter.close()
    assert "scene" not in screen.getvalue()
