"""``l3rocc batch`` from its arguments to its exit codes; with a fast stand-in for the pipeline."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from l3rocc_engine.batch import runner, ticket
from l3rocc_engine.batch.lease import lease
from l3rocc_engine.batch.portion import UNIT, WHOLE
from l3rocc_engine.batch.publish import backup_place
from l3rocc_engine.batch.report import Outcome
from l3rocc_engine.batch.result import UnitResult, UnitStatus, unit_place
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import ProgressEvent
from l3rocc_studio.cli.batch_board import BatchBoard
from l3rocc_studio.cli.console import JsonReporter, Row
from l3rocc_studio.cli.main import main
from tests.engine.batch.faulty_tree import VIDEO
from tests.engine.batch.tree import contents, fast_perform, write_tree
from tests.synthetic.run_factory import make_run

GRID = ["--voxel-size", "0.1", "--pc-range", "-1.6", "-1.2", "-0.4", "1.6", "1.2", "2.8", "--workers", "1"]
SCENE = "group/scene"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_tree(folder / "tree", folder / "video", 3)
    return folder


@pytest.fixture
def tree(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made / "tree", tmp_path / "tree")
    monkeypatch.setattr(runner, "perform_here", fast_perform(made / "run"))
    return tmp_path / "tree"


@pytest.fixture
def batch(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs the command on the tree; exit code and the last line of JSON."""

    def call(*options: str, out: Path | None = tmp_path / "out") -> tuple[int, dict[str, Any]]:
        where = [] if out is None else ["--out", str(out)]
        code = main(["batch", str(tree), *where, *GRID, *options, "--json"])
        return code, json.loads(capsys.readouterr().out.splitlines()[-1])

    return call


def test_from_nothing_to_finished_to_kept(batch: Any, tmp_path: Path) -> None:
    assert batch()[1]["counts"] == {"done": 3}
    code, told = batch()
    assert (code, told["counts"], told["failed"]) == (0, {"kept": 3}, [])
    assert Path(told["report"]).read_text(encoding="utf-8").count("\n") == 3
    assert batch("--overwrite")[1]["counts"] == {"done": 3}
    assert batch("--no-overwrite")[1]["counts"] == {"kept": 3}


def test_a_failure_is_told_and_retried_when_asked(
    batch: Any, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = tree / SCENE / "trajectory_1" / VIDEO
    good = video.read_bytes()
    video.write_bytes(b"")
    code, told = batch()
    assert (code, told["counts"]) == (1, {"done": 2, "failed": 1})
    assert "is empty" in told["failed"][0]["message"]
    code, told = batch()
    assert (code, told["counts"]) == (1, {"kept": 2, "failed": 1}), "a failure stays a failure"
    capsys.readouterr()
    assert main(["batch", str(tree), "--out", str(tmp_path / "out"), *GRID]) == 1
    assert "Repair or remove these inputs" in capsys.readouterr().out, "to try again alone would not help"
    video.write_bytes(good)
    code, told = batch("--retry-failed")
    assert (code, told["counts"]) == (0, {"kept": 2, "done": 1})


def test_a_dry_run_tells_what_is_left_and_writes_nothing(batch: Any, tree: Path, tmp_path: Path) -> None:
    code, told = batch("--dry-run")
    assert (code, told["units"], told["todo"]) == (0, 3, 3)
    assert {row["standing"] for row in told["targets"]} == {"to do"}
    assert told["looked_at"][0]["frames"] == 12
    assert told["seconds"] > 0
    assert told["disk_bytes"] > 0
    assert not (tmp_path / "out").exists()
    (tree / SCENE / "trajectory_2" / VIDEO).write_bytes(b"")
    batch()
    before = contents(tmp_path / "out")
    (tree / SCENE / "trajectory_0" / "meta" / "tasks.jsonl").touch()
    told = batch("--dry-run")[1]
    assert [row["standing"] for row in told["targets"]] == ["to do", "finished", "failed before"]
    assert [row["standing"] for row in batch("--dry-run", "--retry-failed")[1]["targets"]][2] == "to do"
    assert contents(tmp_path / "out") == before


def test_the_table_for_people(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", str(tree), "--out", str(tmp_path / "out"), *GRID, "--dry-run"]) == 0
    text = capsys.readouterr().out
    assert "group/scene/trajectory_1  episode      1  to do" in text
    assert "3 runs to do, 1 at once: about" in text
    assert text.rstrip().endswith("nothing was written.")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--out DIR"),
        (["--out", "{tree}/inside"], "lies in the input"),
        (["--out", "{tree}"], "lies in the input"),
        (["--out", "{link}/inside"], "lies in the input"),
        (["--out", "{file}"], "is a file"),
        (["--out", "{out}", "--in-place"], "Leave out --out"),
        (["--out", "{out}", "--workers", "0"], "at least one worker"),
        (["--out", "{out}", "--gpus-each", "0.5"], "--gpus-each is for --ray"),
        (["--out", "{out}", "--voxel-size", "-1"], "--voxel-size must be"),
    ],
)
def test_wrong_options_are_sentences(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    (tmp_path / "link").symlink_to(tree)
    (tmp_path / "file").touch()
    names = {name: str(tmp_path / name) for name in ("tree", "link", "file", "out")}
    assert main(["batch", str(tree), *(option.format(**names) for option in options)]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_task_of_videos_is_given_once_for_all(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_run(tree / "clips")
    out = tmp_path / "out"
    arguments = ["batch", str(tree), "--out", str(out), *GRID, "--robot-type", "h1", "--task"]
    assert main([*arguments, "look around"]) == 0
    assert "keep their own" not in capsys.readouterr().err
    assert "look around" in (out / "clips/room/meta/tasks.jsonl").read_text(encoding="utf-8")
    shutil.rmtree(tree / "clips")
    assert main([*arguments, "look around"]) == 0
    assert "these datasets keep their own" in capsys.readouterr().err
    assert main([*arguments, "two\nlines"]) == 2
    assert "The task must be one line of plain text." in capsys.readouterr().err


def test_what_no_batch_made_is_not_replaced(batch: Any, tmp_path: Path) -> None:
    mine = tmp_path / "out" / SCENE / "trajectory_1"
    mine.mkdir(parents=True)
    (mine / "thesis.txt").write_text("years of work")
    code, told = batch("--overwrite")
    assert (code, told["counts"]) == (1, {"done": 2, "failed": 1})
    assert "is not the output of a batch" in told["failed"][0]["message"]
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_the_output_may_not_take_the_inputs_place(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(tree)
    alone = tree / SCENE / "trajectory_0"
    assert main(["batch", str(alone), "--out", str(alone.parent), *GRID, "--overwrite", "--json"]) == 1
    assert "would take the place of its own input" in capsys.readouterr().out
    assert {k: v for k, v in contents(tree).items() if not k.startswith(f"{SCENE}/.l3rocc")} == before


def test_in_place_labels_datasets_and_leaves_videos(batch: Any, tree: Path, made: Path) -> None:
    shutil.copy(made / "video" / "room.mp4", tree / "clip.mp4")
    original = contents(tree / SCENE / "trajectory_0")
    assert batch("--in-place", out=None)[1]["counts"] == {"done": 3}
    assert contents(backup_place(tree / SCENE / "trajectory_0")) == original
    assert not (tree / "clip").exists()
    assert batch("--in-place", out=None)[1]["counts"] == {"kept": 3}
    finer = batch("--in-place", "--voxel-size", "0.2", out=None)[1]
    assert finer["counts"] == {"done": 3}
    assert contents(backup_place(tree / SCENE / "trajectory_0")) == original, "the first original is the one to keep"


def test_another_machines_run_is_waited_for(
    batch: Any, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket, "WAIT_S", 0.01)
    out = tmp_path / "out"
    first = list_targets(tree)[0].units[0]
    held = lease(unit_place(out, first).lease)
    held.__enter__()
    told: list[Outcome] = []
    real = BatchBoard.add

    def add(self: BatchBoard, outcome: Outcome) -> None:
        told.append(outcome)
        real(self, outcome)
        if len(told) == 3:  # one is waited for, two are done
            held.__exit__(None, None, None)

    monkeypatch.setattr(BatchBoard, "add", add)
    assert batch()[1]["counts"] == {"done": 3}
    assert [outcome.result.status for outcome in told] == [UnitStatus.ELSEWHERE] + 3 * [UnitStatus.DONE]


def test_the_time_left_does_not_count_what_was_finished_before(capsys: pytest.CaptureFixture[str]) -> None:
    events: list[ProgressEvent] = []

    class Noting(JsonReporter):
        def event(self, event: ProgressEvent) -> None:
            events.append(event)

    board = BatchBoard(Noting(), 100)
    for number in range(100):
        status = UnitStatus.KEPT if number < 90 else UnitStatus.DONE
        board.add(Outcome(result=UnitResult(unit=str(number), status=status)))
    assert [(event.done, event.total) for event in events] == [(0, 100), *((number, 10) for number in range(1, 11))]


class Watched(JsonReporter):
    """Remembers what was shown last."""

    rows: ClassVar[list[Row]] = []
    left_s: float | None = None

    def under_way(self, rows: Sequence[Row], left_s: float | None) -> None:
        self.rows[:], self.left_s = rows, left_s


def test_what_is_under_way_is_shown_with_stage_share_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    now, watched = [0.0], Watched()
    board = BatchBoard(watched, 4, now=lambda: now[0])
    with board.follow("a") as told:
        assert watched.rows == [Row(name="a", share=None, text="")]
        told(ProgressEvent(stage="depth", done=1, total=10))
        told(ProgressEvent(stage=UNIT, done=200, total=WHOLE))  # an earlier batch had come that far
        with board.follow("b") as other:
            other(ProgressEvent(stage="features", done=1, total=2))
            other(ProgressEvent(stage=UNIT, done=0, total=WHOLE))
            now[0] = 10.0
            told(ProgressEvent(stage=UNIT, done=600, total=WHOLE))
            other(ProgressEvent(stage=UNIT, done=100, total=WHOLE))
            assert watched.rows == [
                Row(name="a", share=0.6, text="Estimating depth, 10 s left"),
                Row(name="b", share=0.1, text="Finding features, 1:30 left"),
            ]
            assert watched.left_s == pytest.approx((4 - 0.7) * 10.0 / 0.5)
    assert watched.left_s == pytest.approx(2 * 10.0 / 1.8), "what is just being published is done"
    board.add(Outcome(result=UnitResult(unit="a", status=UnitStatus.DONE)))
    assert watched.rows == []
    assert watched.left_s == pytest.approx(2 * 10.0 / 1.8)
    assert {json.loads(line)["type"] for line in capsys.readouterr().out.splitlines()} == {"progress"}


def test_a_run_that_was_given_up_counts_for_what_was_done() -> None:
    now, watched = [0.0], Watched()
    board = BatchBoard(watched, 2, now=lambda: now[0])
    with pytest.raises(Cancelled), board.follow("a") as told:
        told(ProgressEvent(stage=UNIT, done=0, total=WHOLE))
        told(ProgressEvent(stage=UNIT, done=500, total=WHOLE))
        now[0] = 5.0
        raise Cancelled("Another machine has taken it over.")
    assert watched.left_s == pytest.approx(2 * 5.0 / 0.5)


def test_ray_without_ray_is_a_sentence(batch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ray", None)
    code, told = batch("--ray", "auto")
    assert code == 2
    assert "pip install" in told["hint"]
