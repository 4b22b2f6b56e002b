from __future__ import annotations

import json
from pathlib import Path

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemResult, ItemState, QueueItem, Review, queue_item_from_dict

RESULT = ItemResult(
    workdir=Path("/runs/a"),
    backend="builtin",
    reason="because",
    num_frames=12,
    num_keyframes=3,
    num_points=99,
    is_metric=False,
    seconds=4.5,
    notes=("A note.",),
)


def item(name: str, **changes: object) -> QueueItem:
    return QueueItem(path=Path(f"/videos/{name}.mp4"), name=name, config={"interval": 10}, key=name, **changes)  # type: ignore[arg-type]


def names(queue: Queue) -> list[str]:
    return [entry.name for entry in queue.items]


@pytest.fixture
def queue() -> Queue:
    made = Queue()
    made.add([item(name) for name in "abcd"])
    return made


def test_entries_run_one_after_the_other_in_their_order(queue: Queue) -> None:
    assert queue.next_waiting is queue.items[0]
    queue.begin("a")
    assert queue.running is not None and queue.running.name == "a"
    assert queue.next_waiting is None, "one at a time"
    queue.finish("a", RESULT)
    assert queue.next_waiting is not None and queue.next_waiting.name == "b"
    queue.fail("b", "No texture.", "Film something.")
    queue.stop("c")
    assert queue.next_waiting is not None and queue.next_waiting.name == "d"
    assert queue.count(ItemState.DONE, ItemState.FAILED) == 2


def test_the_same_work_is_not_queued_twice_while_it_waits(queue: Queue) -> None:
    again = QueueItem(path=Path("/videos/a.mp4"), name="a", config={"interval": 10})
    other = QueueItem(path=Path("/videos/a.mp4"), name="a", config={"interval": 5})
    episode = QueueItem(path=Path("/videos/a.mp4"), name="a", config={"interval": 10}, episode=1)
    assert queue.add([again, other, episode]) == (other, episode)
    queue.begin("a")
    queue.finish("a", RESULT)
    assert queue.add([again]) == (again,), "what is done may be done again"


def test_order_changes_by_moving_and_as_a_whole(queue: Queue) -> None:
    heard: list[int] = []
    queue.changed.connect(lambda: heard.append(1))
    queue.move("d", 0)
    assert names(queue) == ["d", "a", "b", "c"]
    queue.move("d", 99)
    assert names(queue) == ["a", "b", "c", "d"]
    queue.order(["c", "a"])
    assert names(queue) == ["c", "a", "b", "d"]
    queue.order(["c", "a"])
    queue.move("nobody", 0)
    assert len(heard) == 3, "what changes nothing is not announced"


def test_a_running_entry_cannot_be_removed_and_a_removal_can_be_taken_back(queue: Queue) -> None:
    queue.begin("b")
    gone = queue.items
    queue.remove(["a", "b"])
    assert names(queue) == ["b", "c", "d"]
    queue.insert(0, [gone[0]])
    queue.insert(0, [gone[0]])
    assert names(queue) == ["a", "b", "c", "d"]


def test_a_paused_queue_begins_nothing(queue: Queue) -> None:
    heard: list[bool] = []
    queue.paused_changed.connect(heard.append)
    queue.set_paused(is_paused=True)
    queue.set_paused(is_paused=True)
    assert queue.next_waiting is None
    queue.set_paused(is_paused=False)
    assert queue.next_waiting is not None
    assert heard == [True, False]


def test_failed_stopped_and_interrupted_entries_can_be_tried_again(queue: Queue) -> None:
    queue.fail("a", "Bad.", "Do.")
    queue.stop("b")
    queue.begin("c")
    queue.interrupt()
    assert queue.item("c") is not None and queue.items[2].state is ItemState.INTERRUPTED
    queue.begin("d")
    queue.finish("d", RESULT)
    queue.retry("abcd")
    assert [entry.state for entry in queue.items] == [ItemState.WAITING] * 3 + [ItemState.DONE]
    assert queue.items[0].error == ""


def test_reviews_belong_to_results_and_start_over_with_them(queue: Queue) -> None:
    queue.review("a", Review.ACCEPTED)
    assert queue.items[0].review is Review.NONE, "nothing to review yet"
    queue.begin("a")
    queue.finish("a", RESULT)
    queue.review("a", Review.REJECTED)
    assert queue.items[0].review is Review.REJECTED
    queue.redo("a", {"interval": 3})
    assert queue.items[0].state is ItemState.WAITING
    assert queue.items[0].review is Review.NONE
    assert queue.items[0].result is None
    assert queue.items[0].config == {"interval": 3}


def test_an_entry_survives_json() -> None:
    whole = item("é", state=ItemState.DONE, review=Review.ACCEPTED, result=RESULT, episode=4)
    assert queue_item_from_dict(json.loads(json.dumps(whole.to_dict()))) == whole
    failed = item("b", state=ItemState.FAILED, error="Bad.", hint="Do.")
    assert queue_item_from_dict(failed.to_dict()) == failed


@pytest.mark.parametrize("change", [{"state": "flying"}, {"path": 3}, {"config": 7}, {"result": {"workdir": "x"}}])
def test_a_damaged_entry_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match="queue"):
        queue_item_from_dict({**item("a").to_dict(), **change})
