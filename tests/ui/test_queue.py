from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.dataset.merging import merge_datasets
from l3rocc_engine.errors import ReconstructionError
from l3rocc_studio.model.queue_item import ItemState, Review
from l3rocc_studio.ui.queue.feature import QueueFeature
from l3rocc_studio.ui.queue.queue_list import MIME_TYPE
from l3rocc_studio.ui.queue.wording import state_text
from l3rocc_studio.ui.studio import Studio
from tests.synthetic.run_factory import make_run
from tests.ui.conftest import close
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, drag_over, drop, mime_of, wait_settled


def queue_of(studio: Studio) -> QueueFeature:
    return next(feature for feature in studio.features if isinstance(feature, QueueFeature))


@pytest.fixture
def videos(engine: FakeEngine, tmp_path: Path) -> list[Path]:
    """Three videos of the room under different names."""
    made = [tmp_path / f"{name}.mp4" for name in ("kitchen", "hall", "attic")]
    for path in made:
        shutil.copy(engine.video, path)
    return made


def drop_all(studio: Studio, videos: list[Path], qtbot: QtBot) -> QueueFeature:
    feature = queue_of(studio)
    drop(studio.window, mime_of(*videos))
    qtbot.waitUntil(lambda: len(feature.queue.items) == len(videos), timeout=PATIENCE_MS)
    return feature


def wait_done(feature: QueueFeature, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: all(item.state is ItemState.DONE for item in feature.queue.items), timeout=PATIENCE_MS)


def test_several_dropped_videos_are_processed_one_after_the_other(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    drag_over(studio.window, mime_of(*videos))
    assert studio.drops.note == "Drop to add 3 inputs to the queue"
    feature = drop_all(studio, videos, qtbot)
    assert studio.window.sidebar.current == "queue"
    wait_done(feature, qtbot)
    assert len(engine.processed) == 3
    assert studio.session.source is None, "what is open stays as it is"
    assert "3 done" in feature.page.summary
    log = feature.store.read_log(feature.queue.items[0].key)
    assert "Done in" in log and "Estimating depth" in log


def test_a_finished_entry_opens_and_is_reviewed(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot, tmp_path: Path
) -> None:
    feature = drop_all(studio, videos, qtbot)
    wait_done(feature, qtbot)
    first = feature.queue.items[0]
    qtbot.waitUntil(lambda: bool(feature.page.current), timeout=PATIENCE_MS)
    qtbot.waitUntil(feature.page.open_button.isEnabled, timeout=PATIENCE_MS)
    assert feature.page.open_button.text() == "Open the result", "the button follows its entry"
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        qtbot.mouseClick(feature.page.open_button, Qt.MouseButton.LeftButton)
    wait_settled(studio, qtbot)
    assert len(engine.processed) == 4, "the stages of the first were loaded"
    assert feature.open_item is not None and feature.open_item.key == first.key
    qtbot.waitUntil(studio.actions["review_accept"].isEnabled, timeout=PATIENCE_MS)
    for _ in range(2):  # a second press is no change of mind
        studio.actions["review_accept"].trigger()
        assert feature.queue.items[0].review is Review.ACCEPTED
    studio.session.timeline.set_range(2, 5)
    qtbot.keyClick(feature.page.view, Qt.Key.Key_Return)
    assert "is already open" in studio.window.status_text and not studio.session.is_busy
    assert studio.session.timeline.range == (2, 5), "what was set in it stays"
    studio.actions["undo"].trigger()
    assert feature.queue.items[0].review is Review.NONE
    studio.actions["review_reject"].trigger()
    assert feature.queue.items[0].review is Review.REJECTED
    feature.save_report(tmp_path / "report.json")
    rows = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [row["review"] for row in rows] == ["rejected", "none", "none"]
    studio.session.set_config(studio.session.config.with_changes({"min_confidence": 0.3}))
    studio.actions["review_redo"].trigger()
    wait_done(feature, qtbot)
    assert engine.processed[-1].min_confidence == 0.3
    assert feature.queue.items[0].review is Review.NONE


def test_the_button_follows_the_entry_that_begins(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    engine.waits = True
    feature = drop_all(studio, videos, qtbot)
    qtbot.waitUntil(lambda: feature.queue.running is not None, timeout=PATIENCE_MS)
    assert feature.page.current is not None and feature.page.current.key == feature.queue.running.key  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: feature.page.open_button.text() == "Stop", timeout=PATIENCE_MS)
    qtbot.waitUntil(feature.page.open_button.isEnabled, timeout=PATIENCE_MS)
    engine.go_on.set()
    wait_done(feature, qtbot)
    qtbot.waitUntil(lambda: feature.page.open_button.text() == "Open the result", timeout=PATIENCE_MS)
    qtbot.waitUntil(feature.page.open_button.isEnabled, timeout=PATIENCE_MS)
    assert studio.actions["review_accept"].isEnabled()
    feature.queue.set_paused(is_paused=True)
    feature.queue.redo(feature.queue.items[1].key)
    feature.page.select([feature.queue.items[1].key])
    qtbot.waitUntil(lambda: not studio.actions["review_accept"].isEnabled(), timeout=PATIENCE_MS)
    feature.page.view.clearSelection()
    qtbot.waitUntil(lambda: not feature.page.open_button.isEnabled(), timeout=PATIENCE_MS)


def test_settings_are_those_of_when_it_was_added(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    feature = queue_of(studio)
    feature.queue.set_paused(is_paused=True)
    config = PipelineConfig(voxel_size=0.1, interval=7)
    studio.session.set_config(config)
    drop_all(studio, videos[:2], qtbot)
    studio.session.set_config(PipelineConfig())
    studio.actions["queue_pause"].trigger()
    wait_done(feature, qtbot)
    assert [each.interval for each in engine.processed] == [7, 7]


def test_what_fails_is_told_and_retried_and_what_runs_is_stopped(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    engine.error = ReconstructionError("The pictures hardly overlap.", "Film more slowly.")
    feature = drop_all(studio, videos[:2], qtbot)
    qtbot.waitUntil(lambda: feature.queue.count(ItemState.FAILED) == 2, timeout=PATIENCE_MS)
    assert studio.error_dialog is None, "a batch is not stopped by dialogs"
    assert "2 failed" in feature.page.summary or qtbot.waitUntil(lambda: "2 failed" in feature.page.summary) is None
    engine.error, engine.waits = None, True
    studio.permissions.update()
    studio.actions["queue_retry_failed"].trigger()
    qtbot.waitUntil(lambda: feature.runner.track.running is not None, timeout=PATIENCE_MS)
    assert not feature.badge.isHidden()
    qtbot.waitUntil(studio.actions["queue_stop"].isEnabled, timeout=PATIENCE_MS)
    studio.actions["queue_pause"].trigger()
    studio.actions["queue_stop"].trigger()
    qtbot.waitUntil(lambda: feature.queue.count(ItemState.STOPPED) == 1, timeout=PATIENCE_MS)
    assert feature.queue.count(ItemState.WAITING) == 1


def test_a_file_that_is_no_video_is_known_at_once_with_the_reason(
    studio: Studio, videos: list[Path], qtbot: QtBot
) -> None:
    videos[1].write_bytes(b"not a video at all")
    feature = queue_of(studio)
    feature.queue.set_paused(is_paused=True)
    drop_all(studio, videos, qtbot)
    states = [item.state for item in feature.queue.items]
    assert states == [ItemState.WAITING, ItemState.FAILED, ItemState.WAITING], "its turn has not come yet"
    bad = feature.queue.items[1]
    assert state_text(bad).startswith("Cannot be opened as a video: "), "the reason first, its name stands above"
    assert str(videos[1]) in studio.window.status_text and "3 inputs" in studio.window.status_text
    feature.page.select([bad.key])
    assert feature.page.open_button.text() == "Try again"
    assert studio.error_dialog is None


def test_the_button_says_what_becomes_of_the_entry(studio: Studio, videos: list[Path], qtbot: QtBot) -> None:
    feature = queue_of(studio)
    feature.queue.set_paused(is_paused=True)
    drop_all(studio, videos, qtbot)
    key = feature.queue.items[1].key
    feature.page.select([key])
    assert feature.page.open_button.text() == "Move up"
    feature.queue.stop(key)
    qtbot.waitUntil(lambda: feature.page.open_button.text() == "Resume", timeout=PATIENCE_MS)
    qtbot.waitUntil(feature.page.open_button.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(feature.page.open_button, Qt.MouseButton.LeftButton)
    assert feature.queue.items[1].state is ItemState.WAITING


def test_the_queue_survives_the_end_of_the_program(
    make_studio: Callable[[], Studio], engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    engine.waits = True
    first = make_studio()
    feature = drop_all(first, videos, qtbot)
    qtbot.waitUntil(lambda: feature.runner.track.running is not None, timeout=PATIENCE_MS)
    close(first, qtbot)
    engine.waits = False
    second = queue_of(make_studio())
    assert [item.state for item in second.queue.items] == [
        ItemState.INTERRUPTED,
        ItemState.WAITING,
        ItemState.WAITING,
    ]
    assert second.queue.is_paused, "what ended the program must not start by itself"
    second._studio.actions["queue_pause"].trigger()
    wait_done(second, qtbot)


def test_the_window_goes_first_and_one_folder_is_never_worked_on_twice(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    engine.waits = True
    studio.actions["process"].trigger()
    feature = drop_all(studio, videos[:2], qtbot)
    qtbot.wait(50)
    assert feature.queue.running is None
    assert feature.runner.is_held_back
    engine.go_on.set()
    wait_done(feature, qtbot)


def test_rows_are_dragged_and_moved_by_key_and_removal_is_undone(
    studio: Studio, videos: list[Path], qtbot: QtBot
) -> None:
    feature = queue_of(studio)
    feature.queue.set_paused(is_paused=True)
    drop_all(studio, videos, qtbot)
    model = feature.page.view.model()
    data = model.mimeData([model.index(2, 0)])
    assert data.hasFormat(MIME_TYPE)
    model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, model.index(-1, -1))
    assert [item.name for item in feature.queue.items] == ["attic", "kitchen", "hall"]
    feature.page.select([feature.queue.items[0].key])
    qtbot.waitUntil(studio.actions["queue_down"].isEnabled, timeout=PATIENCE_MS)
    studio.actions["queue_down"].trigger()
    assert [item.name for item in feature.queue.items] == ["kitchen", "attic", "hall"]
    assert feature.page.current is not None and feature.page.current.name == "attic"
    feature.queue.move(feature.queue.items[0].key, 2)
    assert feature.page.current.name == "attic", "the selection goes along"
    studio.session.edits.clear()
    feature.queue.move(feature.queue.items[2].key, 0)
    qtbot.keyClick(feature.page.view, Qt.Key.Key_Delete)
    assert [item.name for item in feature.queue.items] == ["kitchen", "hall"]
    studio.actions["undo"].trigger()
    assert [item.name for item in feature.queue.items] == ["kitchen", "attic", "hall"]


def test_a_folder_of_several_inputs_is_for_the_person_to_choose_from(
    studio: Studio, engine: FakeEngine, videos: list[Path], qtbot: QtBot
) -> None:
    folder = videos[0].parent / "clips"
    folder.mkdir()
    for path in videos:
        path.rename(folder / path.name)
    feature = queue_of(studio)
    feature.queue.set_paused(is_paused=True)
    with qtbot.waitSignal(studio.opener.several_found, timeout=PATIENCE_MS):
        drop(studio.window, mime_of(folder))
    chooser = feature.adding.chooser
    assert chooser is not None
    assert chooser.queue_button.text() == "Add 3 to the queue"
    chooser.search.setText("hall")
    assert chooser.queue_button.text() == "Add 1 to the queue"
    chooser.search.clear()
    chooser.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    qtbot.mouseClick(chooser.queue_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(feature.queue.items) == 2, timeout=PATIENCE_MS)
    assert [item.name for item in feature.queue.items] == ["hall", "kitchen"]


def test_of_a_finished_dataset_with_several_episodes_one_is_chosen(
    studio: Studio, engine: FakeEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in range(2):
        run = make_run(tmp_path / f"run-{number}", num_frames=3 + number)
        write_dataset(run, tmp_path / f"part-{number}", profile="lerobot")
    merge_datasets([tmp_path / "part-0", tmp_path / "part-1"], tmp_path / "both")
    studio.opener.open(tmp_path / "both")
    adding = queue_of(studio).adding
    qtbot.waitUntil(lambda: adding.chooser is not None, timeout=PATIENCE_MS)
    chooser = adding.chooser
    assert chooser is not None and chooser.list.count() == 2
    assert chooser.list.item(1).text().startswith("episode 1")
    assert chooser.queue_button.isHidden()
    assert chooser.list.item(1).data(Qt.ItemDataRole.CheckStateRole) is None
    chooser.list.setCurrentRow(1)
    qtbot.mouseClick(chooser.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.session.run is not None, timeout=PATIENCE_MS)
    wait_settled(studio, qtbot)
    assert engine.opened_episodes == [1]
    assert "episode 1" in studio.window.windowTitle()
