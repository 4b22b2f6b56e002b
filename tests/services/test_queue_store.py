from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from l3rocc_engine.errors import Cancelled, OutputError, ReconstructionError
from l3rocc_engine.progress import CancelToken, ProgressEvent, no_events
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState, QueueItem, Review
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.services.queue_store import QueueStore, queue_to_dict, write_report
from l3rocc_studio.services.queue_work import process_item
from l3rocc_studio.services.workspace import Workspace
from tests.model.test_queue import RESULT, item
from tests.synthetic.run_factory import CONFIG
from tests.ui.fake_engine import FakeEngine


def test_a_queue_comes_back_as_it_was_left_with_the_running_entry_interrupted(tmp_path: Path) -> None:
    store = QueueStore(tmp_path / "queue")
    assert store.load().items == ()
    queue = Queue(is_paused=True)
    queue.add([item(name) for name in "abc"])
    queue.begin("a")
    queue.finish("a", RESULT)
    queue.review("a", Review.ACCEPTED)
    queue.begin("b")
    store.save(queue_to_dict(queue))
    back = store.load()
    assert [entry.state for entry in back.items] == [ItemState.DONE, ItemState.INTERRUPTED, ItemState.WAITING]
    assert back.items[0] == queue.items[0]
    assert back.is_paused


@pytest.mark.parametrize(
    "text", ["", "{", '{"format": "l3rocc-queue", "format_version": 99, "items": []}', '{"format": "other"}', "[]"]
)
def test_an_unreadable_queue_is_set_aside_not_lost(tmp_path: Path, text: str) -> None:
    store = QueueStore(tmp_path)
    store.file.write_text(text, encoding="utf-8")
    assert store.load().items == ()
    assert (tmp_path / "queue.unreadable.json").read_text(encoding="utf-8") == text
    assert not store.file.exists()


def test_logs_are_kept_a_entry_and_go_with_it(tmp_path: Path) -> None:
    store = QueueStore(tmp_path)
    assert store.read_log("a") == ""
    store.begin_log(item("a")).write("first")
    store.begin_log(item("a")).write("second")
    store.begin_log(item("b")).write("other")
    assert [line.split("  ")[1] for line in store.read_log("a").splitlines()] == ["first", "second"]
    store.forget_logs(["b"])
    assert store.read_log("a") == ""
    assert store.read_log("b")


def test_the_report_tells_every_entry_and_its_review(tmp_path: Path) -> None:
    entries = [
        item("a", state=ItemState.DONE, review=Review.REJECTED, result=RESULT),
        item("b", state=ItemState.FAILED, error="Bad, very."),
    ]
    with write_report(entries, tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["review"] for row in rows] == ["rejected", "none"]
    assert rows[0]["points"] == "99"
    assert rows[1]["error"] == "Bad, very."
    listed = json.loads(write_report(entries, tmp_path / "r.json").read_text(encoding="utf-8"))
    assert listed[0]["seconds"] == 4.5
    assert listed[1]["points"] is None
    with pytest.raises(OutputError, match=r"\.csv or \.json"):
        write_report(entries, tmp_path / "r.txt")


class Lines(list[str]):
    def write(self, text: str) -> None:
        self.append(text)


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(tmp_path / "fake")


def entry_of(engine: FakeEngine) -> QueueItem:
    return QueueItem(path=engine.video, name="room", config=CONFIG.to_dict())


def test_an_entry_is_processed_with_its_own_settings_and_logged(tmp_path: Path, engine: FakeEngine) -> None:
    jobs, log = JobService(Workspace(root=tmp_path / "home"), engine), Lines()
    heard: list[ProgressEvent] = []
    result = process_item(entry_of(engine), jobs, log, events=heard.append, cancel=CancelToken())
    assert engine.processed == [CONFIG]
    assert result.num_points == engine.run.cloud.num_points
    assert result.workdir.parent == tmp_path / "home" / "runs"
    assert {event.stage for event in heard} >= {"poses", "depth", "occupancy"}
    text = "\n".join(log)
    for part in ("Started", "Solving camera poses", "Estimating depth", "Note: A note.", "Done in"):
        assert part in text


def test_failing_and_stopping_are_logged_and_passed_on(tmp_path: Path, engine: FakeEngine) -> None:
    jobs = JobService(Workspace(root=tmp_path / "home"), engine)
    engine.error, log = ReconstructionError("No texture.", "Film something."), Lines()
    with pytest.raises(ReconstructionError):
        process_item(entry_of(engine), jobs, log, events=no_events, cancel=CancelToken())
    assert any("Failed: No texture. Film something." in line for line in log)
    cancel, log = CancelToken(), Lines()
    cancel.set()
    with pytest.raises(Cancelled):
        process_item(entry_of(engine), jobs, log, events=no_events, cancel=cancel)
    assert any(line.startswith("Stopped") for line in log)


def test_a_mistake_of_the_program_leaves_where_it_happened_in_the_log(
    tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_args: object, **_kwargs: object) -> None:
        raise AttributeError("no attribute 'second'")

    monkeypatch.setattr(engine, "process_source", break_down)
    jobs, log = JobService(Workspace(root=tmp_path / "home"), engine), Lines()
    with pytest.raises(AttributeError):
        process_item(entry_of(engine), jobs, log, events=no_events, cancel=CancelToken())
    text = "\n".join(log)
    assert "in break_down" in text and "no attribute 'second'" in text


def test_a_queue_belongs_to_one_program_that_runs(tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    store = QueueStore(folder)
    assert store.take() and store.take()
    (folder / "owner").write_text(str(os.getppid()), encoding="utf-8")
    other = QueueStore(folder)
    assert not other.take()
    other.save(queue_to_dict(Queue([item("a")])))
    other.forget_logs([])
    assert not other.file.exists(), "what is another's is left alone"
    other.give_back()
    assert (folder / "owner").exists()
    (folder / "owner").write_text("999999999", encoding="utf-8")
    assert other.take()
    other.give_back()
    assert not (folder / "owner").exists()
