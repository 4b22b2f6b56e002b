from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from l3rocc_engine.dataset import layout, open_dataset, validate_dataset, write_dataset
from l3rocc_engine.dataset.merging import merge_datasets
from l3rocc_engine.dataset.merging.version import Version
from l3rocc_engine.errors import Cancelled, ConfigError, InputError, OutputError
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import temporary_sibling

NUMBERING = ("index", "episode_index", "task_index")


def lines(root: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / name).read_text(encoding="utf-8").splitlines()]


def change_json(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def table_of(root: Path, number: int) -> Any:
    with pq.ParquetFile(root / layout.DATA_TEMPLATE.format(episode_chunk=0, episode_index=number)) as file:
        return file.read()


def bytes_below(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_merged_dataset_is_strictly_valid_and_says_what_it_is(parts: Path, tmp_path: Path) -> None:
    before = bytes_below(parts)
    seen: list[ProgressEvent] = []
    result = merge_datasets([parts], tmp_path / "all", events=seen.append)
    assert (result.num_datasets, result.num_episodes, result.num_frames, result.num_tasks) == (3, 3, 24, 1)
    assert validate_dataset(result.out).is_strict
    info = json.loads((result.out / layout.INFO).read_text(encoding="utf-8"))
    totals = {key: info[key] for key in info if key.startswith("total")}
    assert totals == {
        "total_episodes": 3,
        "total_frames": 24,
        "total_tasks": 1,
        "total_videos": 3,
        "total_chunks": 1,
    }
    assert info["splits"] == {"train": "0:3"}
    assert [(e.stage, e.done, e.total) for e in seen if e.stage == "merge"] == [("merge", i, 3) for i in (1, 2, 3)]
    assert bytes_below(parts) == before


def test_only_the_numbering_changes_in_tables(parts: Path, tmp_path: Path) -> None:
    out = merge_datasets([parts], tmp_path / "all").out
    first = 0
    for number in range(3):
        old, new = table_of(parts / f"clip_{number}", 0), table_of(out, number)
        assert new.schema.equals(old.schema, check_metadata=True)
        assert new.drop_columns(list(NUMBERING)).equals(old.drop_columns(list(NUMBERING)))
        assert new["index"].to_pylist() == list(range(first, first + old.num_rows))
        assert set(new["episode_index"].to_pylist()) == {number}
        stats = lines(out, layout.EPISODES_STATS)[number]["stats"]
        assert stats["index"]["min"] == [first]
        assert stats["index"]["max"] == [first + old.num_rows - 1]
        assert stats["episode_index"]["mean"] == [number]
        own = lines(parts / f"clip_{number}", layout.EPISODES_STATS)[0]["stats"]
        assert {k: v for k, v in stats.items() if k not in NUMBERING} == {
            k: v for k, v in own.items() if k not in NUMBERING
        }
        first += old.num_rows


def test_videos_and_occupancy_are_the_same_files(parts: Path, tmp_path: Path) -> None:
    out = merge_datasets([parts], tmp_path / "all").out
    for number in range(3):
        for pattern in ("*.mp4", "mask_sequence.npz", "cloud.ply", "poses.npz"):
            old = next((parts / f"clip_{number}").rglob(pattern))
            new = next(path for path in sorted(out.rglob(pattern)) if f"episode_{number:06d}" in str(path))
            assert new.read_bytes() == old.read_bytes()
            assert old.samefile(new)


def test_each_episode_opens_as_the_run_it_was(parts: Path, runs: list[Run], tmp_path: Path) -> None:
    out = merge_datasets([parts], tmp_path / "all").out
    for number, run in enumerate(runs):
        found = open_dataset(out, episode_idx=number)
        assert found.num_frames == run.num_frames
        assert found.scale.sim3.scale == run.scale.sim3.scale
        assert found.scale.method is run.scale.method
        assert found.record.keyframes == run.record.keyframes
        assert np.array_equal(found.trajectory.world_from_cam, run.trajectory.world_from_cam)
        assert np.array_equal(found.occupancy.frame(3).visible, run.occupancy.frame(3).visible)
        found.source.close()


def test_different_worlds_stand_with_their_episodes(parts: Path, tmp_path: Path) -> None:
    alike = merge_datasets([parts / "clip_0", parts / "clip_1"], tmp_path / "alike").out
    assert json.loads((alike / layout.OCCUPANCY).read_text())["world"]["sim3"]["scale"] == 1.25
    assert all("world" not in line for line in lines(alike, layout.EPISODES))
    mixed = merge_datasets([alike, parts / "clip_2"], tmp_path / "mixed").out
    assert "world" not in json.loads((mixed / layout.OCCUPANCY).read_text())
    worlds = [line["world"] for line in lines(mixed, layout.EPISODES)]
    assert [world["sim3"]["scale"] for world in worlds] == [1.25, 1.25, 2.0]
    assert [world["units"] for world in worlds] == ["metres", "metres", "model units"]


def with_tasks(root: Path, texts: list[str], rows: list[int]) -> Path:
    """Give a dataset these tasks, and its rows these numbers of them in turn."""
    (root / layout.TASKS).write_text(
        "".join(json.dumps({"task_index": i, "task": text}) + "\n" for i, text in enumerate(texts))
    )
    line = {**lines(root, layout.EPISODES)[0], "tasks": [texts[row] for row in sorted(set(rows))]}
    (root / layout.EPISODES).write_text(json.dumps(line) + "\n")
    change_json(root / layout.INFO, lambda info: info.update(total_tasks=len(texts)))
    table, path = table_of(root, 0), root / layout.DATA_TEMPLATE.format(episode_chunk=0, episode_index=0)
    place = table.column_names.index("task_index")
    numbers = np.resize(np.array(rows, dtype=np.int64), table.num_rows)
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(numbers)), path)
    (root / layout.RUN).unlink()
    return root


def test_tasks_are_merged_by_their_text(parts: Path, tmp_path: Path) -> None:
    a = with_tasks(Path(shutil.copytree(parts / "clip_0", tmp_path / "in" / "a")), ["walk", "turn"], [0, 1])
    b = with_tasks(Path(shutil.copytree(parts / "clip_1", tmp_path / "in" / "b")), ["sit", "turn"], [1, 0, 0])
    result = merge_datasets([a, b], tmp_path / "all")
    assert [line["task"] for line in lines(result.out, layout.TASKS)] == ["walk", "turn", "sit"]
    assert table_of(result.out, 0)["task_index"].to_pylist() == [0, 1] * 6
    assert table_of(result.out, 1)["task_index"].to_pylist() == [1, 2, 2, 1, 2, 2, 1]
    assert [line["tasks"] for line in lines(result.out, layout.EPISODES)] == [["walk", "turn"], ["sit", "turn"]]
    assert lines(result.out, layout.EPISODES_STATS)[1]["stats"]["task_index"]["max"] == [2]
    assert not result.can_be_opened
    assert validate_dataset(result.out).is_strict


def test_appending_gives_what_merging_at_once_gives(parts: Path, tmp_path: Path) -> None:
    at_once = merge_datasets([parts], tmp_path / "once").out
    out = merge_datasets([parts / "clip_0", parts / "clip_1"], tmp_path / "all").out
    (out / "notes.txt").write_text("mine")
    result = merge_datasets([parts / "clip_2"], out, append=True)
    assert (result.num_episodes, result.num_frames) == (3, 24)
    found = bytes_below(out)
    assert found.pop("notes.txt") == b"mine"
    assert found == bytes_below(at_once)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "once"]


def test_a_stop_leaves_what_was_there(parts: Path, tmp_path: Path) -> None:
    out = merge_datasets([parts / "clip_0"], tmp_path / "all").out
    before = bytes_below(out)
    for append, place in ((True, out), (False, tmp_path / "new")):
        cancel = CancelToken()

        def stop(event: ProgressEvent, cancel: CancelToken = cancel) -> None:
            if event.stage == "merge":
                cancel.set()

        with pytest.raises(Cancelled):
            merge_datasets([parts / "clip_1", parts / "clip_2"], place, append=append, events=stop, cancel=cancel)
    assert bytes_below(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def test_a_kill_between_the_two_renames_of_appending_loses_nothing(parts: Path, tmp_path: Path) -> None:
    out = merge_datasets([parts / "clip_0"], tmp_path / "all").out
    aside = temporary_sibling(out, "replaced")
    gone = aside.with_name(aside.name.replace(f".{os.getpid()}-", ".999999999-"))  # no such process
    out.rename(gone)
    assert merge_datasets([parts / "clip_1"], out, append=True).num_episodes == 2
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def refuse(message: str, *places: Path, out: Path, **options: Any) -> None:
    with pytest.raises((InputError, OutputError, ConfigError), match=message):
        merge_datasets(list(places), out, **options)
    assert options.get("append") or not out.exists()


def test_what_does_not_fit_together_is_named(parts: Path, runs: list[Run], tmp_path: Path) -> None:
    out, first = tmp_path / "all", parts / "clip_0"
    other = Path(shutil.copytree(parts / "clip_1", tmp_path / "other"))
    (other / layout.RUN).unlink()

    def set_fps(info: dict[str, Any]) -> None:
        info["fps"] = 15

    change_json(other / layout.INFO, set_fps)
    refuse(f"{first} has 10 frames a second, {other} 15", first, other, out=out)

    def set_shape(info: dict[str, Any]) -> None:
        info["fps"] = 10
        info["features"]["action"]["shape"] = [6]

    change_json(other / layout.INFO, set_shape)
    refuse(rf"shape of action is \[7\] in {first}, \[6\] in {other}", first, other, out=out)
    matrices = write_dataset(runs[1], tmp_path / "matrices", profile="interndata")
    refuse(f"({first}|{matrices}) has no feature", first, matrices, out=out)

    def set_grid(info: dict[str, Any]) -> None:
        info["features"]["action"]["shape"] = [7]
        info["occupancy"]["grid"]["voxel_size"] = 0.2

    change_json(other / layout.INFO, set_grid)
    refuse(f"voxel_size of the occupancy grid is 0.1 in {first}, 0.2 in {other}", first, other, out=out)


def test_an_episode_is_not_added_twice(parts: Path, tmp_path: Path) -> None:
    first, second = sorted(path for path in parts.iterdir() if path.is_dir())[:2]
    out = tmp_path / "out"
    merge_datasets([first], out)
    before = bytes_below(out)
    with pytest.raises(InputError, match=f"episode 0 of {first} holds the same as episode 0 of {out}"):
        merge_datasets([second, first], out, append=True)
    assert bytes_below(out) == before
    copy = shutil.copytree(first, tmp_path / "copy")
    refuse(f"episode 0 of {copy} holds the same as episode 0 of {first}", first, copy, out=tmp_path / "other")


def test_inputs_that_cannot_be_merged_are_refused(parts: Path, tmp_path: Path) -> None:
    out, first = tmp_path / "all", parts / "clip_0"
    refuse("holds no dataset", tmp_path, out=out)
    refuse("named twice", first, parts, out=out)
    refuse("lies in the dataset", first, out=first / "all")
    refuse("not a dataset that can be appended", first, out=out, append=True)
    refuse("Only v2.1", first, out=out, append=True, version="v3.0")
    broken = Path(shutil.copytree(first, tmp_path / "broken"))
    next(broken.rglob("*.mp4")).unlink()
    refuse(r"not complete: videos/.*episode_000000.mp4 is missing", broken, out=out)
    (broken / layout.RUN).unlink()
    refuse(r"episode_000000.mp4 is missing", broken, out=out)


def test_metadata_that_point_outside_are_refused(parts: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.parquet"
    shutil.copy(next(parts.rglob("*.parquet")), secret)
    hostile = Path(shutil.copytree(parts / "clip_0", tmp_path / "hostile"))
    (hostile / layout.RUN).unlink()
    change_json(hostile / layout.INFO, lambda info: info.update(data_path="../secret.parquet"))
    refuse("names files outside the dataset", hostile, out=tmp_path / "all")
    change_json(hostile / layout.INFO, lambda info: info.update(data_path=str(secret)))
    refuse("names files outside the dataset", hostile, out=tmp_path / "all")

    def rename(info: dict[str, Any]) -> None:
        info["features"]["../../up"] = info["features"].pop("observation.images.front")

    change_json(hostile / layout.INFO, rename)
    refuse("cannot name a folder", hostile, out=tmp_path / "all")


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_names_that_are_no_unicode_are_taken(parts: Path, tmp_path: Path, version: Version) -> None:
    odd = tmp_path / os.fsdecode(b"na\xefve")
    try:
        shutil.copytree(parts, odd)
    except OSError:
        pytest.skip("this disk takes Unicode names only")
    result = merge_datasets([odd], odd.with_name(odd.name + " all"), version=version)
    assert (result.num_episodes, result.num_frames) == (3, 24)


def test_lone_trajectories_get_the_layout_of_several(runs: list[Run], tmp_path: Path) -> None:
    for number, run in enumerate(runs[:2]):
        write_dataset(run, tmp_path / "in" / str(number), profile="interndata")
    result = merge_datasets([tmp_path / "in"], tmp_path / "all")
    assert not result.can_be_opened
    assert not validate_dataset(result.out).failures
    folder = result.out / "occupancy/chunk-000/episode_000001"
    assert sorted(path.name for path in folder.iterdir()) == [
        "all_occ.npz",
        "cloud.ply",
        "mask_sequence.npz",
        "occ_sequence.npz",
        "poses.npz",
    ]
    assert not [path for path in (result.out / "data").rglob("*") if path.is_file() and path.suffix != ".parquet"]
