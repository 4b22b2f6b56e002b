"""Batches: labels, resume, failures, several at once; with a fast stand-in for the pipeline."""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from l3rocc_engine.batch import publish as publishing
from l3rocc_engine.batch import ticket
from l3rocc_engine.batch.attempt import Perform
from l3rocc_engine.batch.publish import backup_place, recover_in_place
from l3rocc_engine.batch.report import BatchSummary
from l3rocc_engine.batch.result import UnitResult, UnitStatus
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings, Carry
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.batch.work import UnitTask
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset import layout
from l3rocc_engine.errors import ConfigError, OutputError, ReconstructionError
from l3rocc_engine.isolation import ChildCrashed
from l3rocc_engine.occupancy import load_sequence
from l3rocc_engine.progress import CancelToken, EventSink
from tests.engine.batch.tree import ADDED, contents, fast_perform, write_tree
from tests.synthetic.run_factory import CONFIG, make_run

SETTINGS = BatchSettings(config=CONFIG)
ONE = "group/scene/trajectory_1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_tree(folder / "tree", folder / "video", 3)
    return folder


@pytest.fixture
def tree(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "tree", tmp_path / "tree")
    return tmp_path / "tree"


def run(
    tree: Path,
    out: Path,
    perform: Perform,
    settings: BatchSettings = SETTINGS,
    count: int = 2,
    cancel: CancelToken | None = None,
) -> BatchSummary:
    targets = list_targets(tree)
    return run_batch(targets, out, settings, Workers(count=count, threads_each=1), perform=perform, cancel=cancel)


def statuses(summary: BatchSummary) -> list[str]:
    return [outcome.result.status.value for outcome in summary.outcomes]


def write_several(tree: Path, root: Path, count: int = 3) -> None:
    """One dataset of several episodes, all alike."""
    shutil.copytree(tree / ONE, root)
    (root / "data/chunk-000/path.ply").unlink()
    video = root / "videos/chunk-000/observation.video.trajectory"
    for number in range(1, count):
        table = f"data/chunk-000/episode_{number:06d}.parquet"
        shutil.copy(root / "data/chunk-000/episode_000000.parquet", root / table)
        shutil.copy(video / "episode_000000.mp4", video / f"episode_{number:06d}.mp4")
    lines = [{"episode_index": number, "tasks": ["walk"], "length": 12} for number in range(count)]
    (root / layout.EPISODES).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def test_the_originals_come_along_and_only_what_is_said_is_added(made: Path, tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert statuses(run(tree, out, fast_perform(made / "run"))) == ["done"] * 3
    before, after = contents(tree / ONE), contents(out / ONE)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {layout.INFO, layout.EPISODES, layout.EPISODES_STATS, "data/chunk-000/episode_000000.parquet"}
    assert (out / ONE / "data/chunk-000/path.ply").samefile(tree / ONE / "data/chunk-000/path.ply")
    old = pq.read_table(tree / ONE / "data/chunk-000/episode_000000.parquet")
    new = pq.read_table(out / ONE / "data/chunk-000/episode_000000.parquet")
    assert new.column_names == [*old.column_names, *ADDED]
    assert new.drop_columns(list(ADDED)).equals(old)
    assert [new.schema.field(name) for name in old.column_names] == list(old.schema)
    expected = make_run(tmp_path / "again")
    poses = np.array(new.column(ADDED[0]).to_pylist(), np.float32)
    np.testing.assert_array_equal(poses, expected.trajectory.world_from_cam.astype(np.float32))
    occ = out / ONE / "videos/chunk-000"
    sequence = load_sequence(
        occ / "observation.occ.view/occ_sequence.npz",
        occ / "observation.occ.mask/mask_sequence.npz",
        expected.trajectory.world_from_cam,
        CONFIG.grid,
    )
    np.testing.assert_array_equal(sequence.frame(3).occupied, expected.occupancy.frame(3).occupied)


def test_metadata_get_scale_features_and_the_true_number_of_frames(made: Path, tree: Path, tmp_path: Path) -> None:
    run(tree, tmp_path / "out", fast_perform(made / "run"))
    root = tmp_path / "out" / ONE
    info = json.loads((root / layout.INFO).read_text(encoding="utf-8"))
    line = json.loads((root / layout.EPISODES).read_text(encoding="utf-8"))
    stats = json.loads((root / layout.EPISODES_STATS).read_text(encoding="utf-8"))["stats"]
    assert info["features"][ADDED[0]] == {
        "dtype": "float32",
        "shape": [4, 4],
        "names": [f"extrinsic_{row}_{column}" for row in range(4) for column in range(4)],
    }
    assert (info["total_frames"], info["l3rocc"]["claimed"]) == (12, {"total_frames": 24})
    assert (line["length"], line["claimed_length"], line["tasks"]) == (12, 24, ["walk"])
    assert line["scale"] == pytest.approx(1.25)
    assert np.shape(stats[ADDED[1]]["mean"]) == (3, 3)
    assert stats["action"]["count"] == [12]


def test_finished_is_kept_and_what_changed_is_redone(made: Path, tree: Path, tmp_path: Path) -> None:
    out, seen = tmp_path / "out", list[str]()
    perform = fast_perform(made / "run", seen)
    run(tree, out, perform)
    assert statuses(run(tree, out, perform)) == ["kept"] * 3
    assert len(seen) == 3
    table = tree / ONE / "data/chunk-000/episode_000000.parquet"
    os.utime(table, ns=(1, 1))
    assert statuses(run(tree, out, perform)) == ["kept", "done", "kept"]
    (out / ONE / "data/chunk-000/all_occ.npz").unlink()
    assert statuses(run(tree, out, perform)) == ["kept", "done", "kept"]
    finer = BatchSettings(config=CONFIG.with_changes({"history_len": 5}))
    assert statuses(run(tree, out, perform, finer)) == ["done"] * 3
    assert statuses(run(tree, out, perform, BatchSettings(config=finer.config, overwrite=True))) == ["done"] * 3
    lines = [json.loads(line) for line in (out / "report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 3 + 1 + 1 + 3 + 3
    assert {line["status"] for line in lines} == {"done"}


def test_a_failure_is_told_and_tried_again_only_when_asked(made: Path, tree: Path, tmp_path: Path) -> None:
    out, good = tmp_path / "out", fast_perform(made / "run")
    (tree / ONE / "videos/chunk-000/observation.video.trajectory/episode_000000.mp4").write_bytes(b"broken")
    first = run(tree, out, good)
    assert statuses(first) == ["done", "failed", "done"]
    assert first.failures[0].message
    assert not (out / ONE).exists()
    seen: list[str] = []
    assert statuses(run(tree, out, fast_perform(made / "run", seen))) == ["kept", "failed", "kept"]
    assert seen == []
    again = BatchSettings(config=CONFIG, retry_failed=True)
    assert statuses(run(tree, out, fast_perform(made / "run", seen), again)) == ["kept", "failed", "kept"]
    assert seen == [ONE]


def test_an_input_that_comes_back_is_taken_again(made: Path, tree: Path, tmp_path: Path) -> None:
    out, targets = tmp_path / "out", list_targets(tree)
    (tree / ONE).rename(tmp_path / "away")
    workers, perform = Workers(count=1, threads_each=1), fast_perform(made / "run")
    assert statuses(run_batch(targets, out, SETTINGS, workers, perform=perform)) == ["done", "failed", "done"]
    (tmp_path / "away").rename(tree / ONE)
    assert statuses(run_batch(targets, out, SETTINGS, workers, perform=perform)) == ["kept", "done", "kept"]


def test_a_process_that_dies_is_tried_once_more(made: Path, tree: Path, tmp_path: Path) -> None:
    good, deaths = fast_perform(made / "run"), {ONE: 1, "group/scene/trajectory_2": 9}

    def perform(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
        if deaths.get(task.unit.name, 0):
            deaths[task.unit.name] -= 1
            raise ChildCrashed("The step stopped unexpectedly (exit code -9).")
        return good(task, events, cancel)

    summary = run(tree, tmp_path / "out", perform)
    assert statuses(summary) == ["done", "done", "failed"]
    assert "memory" in summary.failures[0].hint
    assert deaths["group/scene/trajectory_2"] == 7


def test_what_cannot_be_aligned_is_not_written_with_scale_one(made: Path, tree: Path, tmp_path: Path) -> None:
    import dataclasses

    from l3rocc_engine.batch.work import work_on
    from l3rocc_engine.reconstruction import Scale
    from tests.engine.batch.tree import fast_process

    process = fast_process(made / "run")

    def unscaled(*arguments: object, **options: object) -> object:
        found = process(*arguments, **options)
        note = "The source's poses set no scale: the path does not follow."
        return dataclasses.replace(found, scale=Scale(), record=dataclasses.replace(found.record, notes=(note,)))

    def perform(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
        return work_on(events, task, unscaled)  # type: ignore[arg-type]

    summary = run(tree, tmp_path / "out", perform)
    assert statuses(summary) == ["failed"] * 3
    assert summary.failures[0].error == ReconstructionError.__name__
    assert "set no scale" in summary.failures[0].message
    assert not (tmp_path / "out" / "group").exists()


def test_two_batches_at_once_share_the_work(made: Path, tree: Path, tmp_path: Path) -> None:
    out, seen = tmp_path / "out", list[str]()
    perform, results = fast_perform(made / "run", seen), list[BatchSummary]()
    both = [threading.Thread(target=lambda: results.append(run(tree, out, perform))) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(seen) == [f"group/scene/trajectory_{number}" for number in range(3)]
    assert statuses(run(tree, out, perform)) == ["kept"] * 3


def test_stopping_keeps_what_is_finished(made: Path, tree: Path, tmp_path: Path) -> None:
    from l3rocc_engine.errors import Cancelled

    seen: list[str] = []
    out, cancel, good = tmp_path / "out", CancelToken(), fast_perform(made / "run", seen)

    def perform(task: UnitTask, events: EventSink, token: CancelToken) -> UnitResult:
        result = good(task, events, token)
        cancel.set()
        return result

    with pytest.raises(Cancelled):
        run(tree, out, perform, count=1, cancel=cancel)
    assert len(seen) == 1
    assert statuses(run(tree, out, good)) == ["done"] * 3
    assert len(seen) == 3, "the finished one was published, not made again"


def test_a_full_disk_while_publishing_loses_nothing(
    made: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, seen = tmp_path / "out", list[str]()
    real = publishing.link_or_copy

    def full(source: Path, target: Path) -> None:
        if "trajectory_1" in str(target):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(publishing, "link_or_copy", full)
    summary = run(tree, out, fast_perform(made / "run", seen))
    assert statuses(summary) == ["done", "failed", "done"]
    assert summary.failures[0].error == OutputError.__name__
    assert not (out / ONE).exists()
    monkeypatch.undo()
    assert statuses(run(tree, out, fast_perform(made / "run", seen))) == ["kept", "done", "kept"]
    assert len(seen) == 3, "the finished result was published, not made again"


@pytest.mark.parametrize("carry", list(Carry))
def test_files_come_along_as_asked(made: Path, tree: Path, tmp_path: Path, carry: Carry) -> None:
    run(tree, tmp_path / "out", fast_perform(made / "run"), BatchSettings(config=CONFIG, carry=carry))
    path = tmp_path / "out" / ONE / "data/chunk-000/path.ply"
    original = tree / ONE / "data/chunk-000/path.ply"
    assert path.read_bytes() == original.read_bytes()
    assert path.is_symlink() is (carry is Carry.REFERENCE)
    assert path.samefile(original) is (carry is not Carry.COPY)


def test_in_place_keeps_the_original_beside_it(made: Path, tree: Path, tmp_path: Path) -> None:
    before = contents(tree / ONE)
    settings = BatchSettings(config=CONFIG, in_place=True)
    perform = fast_perform(made / "run")
    assert statuses(run(tree, tree, perform, settings)) == ["done"] * 3
    assert contents(backup_place(tree / ONE)) == before
    assert ADDED[0] in pq.read_schema(tree / ONE / "data/chunk-000/episode_000000.parquet").names
    assert statuses(run(tree, tree, perform, settings)) == ["kept"] * 3
    shutil.rmtree(tree / ONE)  # as if killed between the two renames
    assert len(list_targets(tree)) == 2
    recover_in_place(tree)
    assert len(list_targets(tree)) == 3
    assert contents(tree / ONE) == before


def test_several_episodes_become_one_folder(made: Path, tree: Path, tmp_path: Path) -> None:
    root = tmp_path / "several" / "set"
    write_several(tree, root)
    video = root / "videos/chunk-000/observation.video.trajectory"
    summary = run(tmp_path / "several", tmp_path / "out", fast_perform(made / "run"))
    assert statuses(summary) == ["done"] * 3
    out = tmp_path / "out" / "set"
    info = json.loads((out / layout.INFO).read_text(encoding="utf-8"))
    assert info["total_frames"] == 36
    assert len((out / layout.EPISODES).read_text(encoding="utf-8").splitlines()) == 3
    assert (out / "occupancy/chunk-000/episode_000002/occ_sequence.npz").is_file()
    (video / "episode_000001.mp4").write_bytes(b"broken")
    again = run(tmp_path / "several", tmp_path / "other", fast_perform(made / "run"))
    assert statuses(again) == ["done", "failed", "done"]
    assert not (tmp_path / "other" / "set").exists(), "a dataset with a gap is not published"


def test_one_episode_is_redone_alone(made: Path, tree: Path, tmp_path: Path) -> None:
    root, out, seen = tmp_path / "several" / "set", tmp_path / "out", list[str]()
    write_several(tree, root)
    run(tmp_path / "several", out, fast_perform(made / "run"))
    whole = contents(out)
    (out / "set/occupancy/chunk-000/episode_000001/occ_sequence.npz").unlink()
    assert statuses(run(tmp_path / "several", out, fast_perform(made / "run", seen))) == ["done"] * 3
    assert seen == ["set#000001"]
    assert contents(out) == whole


def test_machines_that_share_the_episodes_of_one_dataset(
    made: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket, "WAIT_S", 0.05)
    write_several(tree, tmp_path / "several" / "set", 4)
    together, seen, results = threading.Barrier(2), list[str](), list[BatchSummary]()
    good = fast_perform(made / "run", seen)

    def perform(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
        if len(seen) < 2:
            together.wait(20.0)  # each is at one when the other looks for the next
        return good(task, events, cancel)

    def go() -> None:
        results.append(run(tmp_path / "several", tmp_path / "out", perform, count=1))

    both = [threading.Thread(target=go) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(seen) == [f"set#{number:06d}" for number in range(4)]
    assert all(not summary.has_failed and len(summary.outcomes) == 4 for summary in results)
    run(tmp_path / "several", tmp_path / "alone", fast_perform(made / "run"))
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


def test_broken_poses_are_no_reason_for_a_scale_of_its_own(made: Path, tree: Path, tmp_path: Path) -> None:
    from tests.engine.batch.faulty_tree import FAULTS

    next(fault for fault in FAULTS if fault.name == "nan_poses").apply(tree / ONE)
    summary = run(tree, tmp_path / "out", fast_perform(made / "run"))
    assert statuses(summary) == ["done", "failed", "done"]
    assert "no camera poses" in summary.failures[0].message


def test_plain_videos_become_datasets(made: Path, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    make_run(clips)
    config = PipelineConfig(pc_range=CONFIG.pc_range, voxel_size=CONFIG.voxel_size)
    summary = run(clips, tmp_path / "out", fast_perform(made / "run"), BatchSettings(config=config))
    assert statuses(summary) == ["done"]
    assert summary.counts[UnitStatus.DONE] == 1
    assert (tmp_path / "out/room" / layout.RUN).is_file()


def test_words_of_a_person_go_into_what_is_made_of_videos_and_redo_nothing_else(
    made: Path, tree: Path, tmp_path: Path
) -> None:
    make_run(tree / "clips")
    plain, out = BatchSettings(config=CONFIG), tmp_path / "out"
    assert statuses(run(tree, out, fast_perform(made / "run"), plain)) == ["done"] * 4
    worded = replace(plain, task="walk to the sofa", robot_type="h1")
    ended = {
        outcome.result.unit: outcome.result.status
        for outcome in run(tree, out, fast_perform(made / "run"), worded).outcomes
    }
    assert [name for name, status in ended.items() if status is UnitStatus.DONE] == ["clips/room"]
    assert "walk to the sofa" in (out / "clips/room" / layout.TASKS).read_text(encoding="utf-8")
    assert json.loads((out / "clips/room" / layout.INFO).read_text())["robot_type"] == "h1"
    assert statuses(run(tree, out, fast_perform(made / "run"), worded)) == ["kept"] * 4
    assert BatchSettings(config=CONFIG).digest(is_dataset=False) == BatchSettings(config=CONFIG).digest(is_dataset=True)


def test_words_that_are_no_line_are_refused_before_any_work() -> None:
    with pytest.raises(ConfigError, match="one line"):
        BatchSettings(task="walk\nto the sofa")
