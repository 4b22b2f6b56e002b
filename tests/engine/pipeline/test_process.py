from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.occupancy import device
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.run import GrowingRun, Run
from tests.synthetic.sources import ArraySource, WallBackend

CONFIG = PipelineConfig(pc_range=(-1.0, -1.0, -0.5, 1.0, 1.0, 2.5), voxel_size=0.1)


def process(workdir: Path, backend: WallBackend, config: PipelineConfig = CONFIG, **options: object) -> Run:
    return process_source(
        ArraySource(), config, workdir, choose=lambda _source, _config: (backend, "asked for"), **options
    )


def test_a_wall_becomes_occupancy(tmp_path: Path) -> None:
    events: list[ProgressEvent] = []
    run = process(tmp_path, WallBackend(), events=events.append)
    x, y, z = run.config.grid.shape
    for frame_idx in range(run.num_frames):
        frame = run.occupancy.frame(frame_idx)
        ix, _, iz = np.unravel_index(frame.occupied, (x, y, z))
        assert set(np.unique(iz)) == {25}, "the wall at 2.01 lies in the voxels from 2.0 to 2.1"
        assert len(np.unique(ix)) > 10
        assert len(frame.visible) > len(frame.occupied)
    assert run.world.centres_world[:, 2] == pytest.approx(2.05, abs=0.051)
    assert [event.stage for event in events if event.done == event.total][-1] in ("world", "occupancy")
    assert run.record.stage_s.keys() >= {"depth", "cloud", "occupancy"}
    assert run.record.peak_memory_bytes > 10_000_000
    assert "distances are relative" in run.record.notes


def test_finished_stages_are_reused(tmp_path: Path) -> None:
    backend = WallBackend()
    first = process(tmp_path, backend)
    again = process(tmp_path, backend)
    assert backend.calls == 1
    assert (first.occupancy.occupied != again.occupancy.occupied).nnz == 0
    assert again.record.stage_s == first.record.stage_s


def test_a_new_voxel_size_does_not_reconstruct_again(tmp_path: Path) -> None:
    backend = WallBackend()
    process(tmp_path, backend)
    finer = process(tmp_path, backend, CONFIG.with_changes({"voxel_size": 0.05}))
    assert backend.calls == 1
    assert finer.occupancy.grid.voxel_size == 0.05
    process(tmp_path, backend, CONFIG.with_changes({"interval": 3}))
    assert backend.calls == 2


def test_cancel_keeps_what_is_finished_and_marks_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("l3rocc_engine.pipeline.stage.GRACE_S", 600.0)  # the disk may be slow here
    backend = WallBackend(cancel_after=3)
    with pytest.raises(Cancelled):
        process(tmp_path, backend, cancel=CancelToken())
    assert len(list((tmp_path / "reconstruction").glob("*/stage.json"))) == 1
    assert not (tmp_path / "occupancy").exists()
    assert not (tmp_path / "run.json").exists()
    backend.cancel_after = None
    process(tmp_path, backend)
    assert backend.calls == 1, "the reconstruction was complete and must not be made again"


def test_a_half_written_stage_is_made_again(tmp_path: Path) -> None:
    backend = WallBackend()
    process(tmp_path, backend)
    (noted,) = (tmp_path / "reconstruction").glob("*/stage.json")
    noted.write_text('{"key": ')
    process(tmp_path, backend)
    assert backend.calls == 2


def test_the_run_file_tells_what_made_it(tmp_path: Path) -> None:
    run = process(tmp_path, WallBackend())
    written = json.loads((tmp_path / "run.json").read_text())
    assert written["record"]["backend"] == "wall"
    assert written["record"]["reason"] == "asked for"
    assert written["record"]["keyframes"] == [0, 2, 4]
    assert written["config"] == run.config.to_dict()


def test_the_run_before_stays_readable_and_older_ones_go(tmp_path: Path) -> None:
    backend = WallBackend()
    first = process(tmp_path, backend)
    expected = first.occupancy.occupied_indices(0)
    process(tmp_path, backend, CONFIG.with_changes({"voxel_size": 0.05}))
    assert np.array_equal(first.occupancy.occupied_indices(0), expected)
    process(tmp_path, backend, CONFIG.with_changes({"min_confidence": 0.2}))
    assert len(list((tmp_path / "occupancy").iterdir())) == 2
    assert len(list((tmp_path / "reconstruction").iterdir())) == 1


def test_a_slightly_other_range_redoes_the_occupancy_only(tmp_path: Path) -> None:
    backend = WallBackend()
    first = process(tmp_path, backend)
    (cloud,) = (tmp_path / "cloud").iterdir()
    made_at = (cloud / "cloud.npz").stat().st_mtime_ns
    other = CONFIG.with_changes({"pc_range": [-0.9, -1.0, -0.5, 1.0, 1.0, 2.4]})
    second = process(tmp_path, backend, other)
    assert second.occupancy.grid.shape == (19, 20, 29)
    assert second.occupancy.grid.shape != first.occupancy.grid.shape
    assert [folder.name for folder in (tmp_path / "cloud").iterdir()] == [cloud.name]
    assert (cloud / "cloud.npz").stat().st_mtime_ns == made_at
    assert len(list((tmp_path / "occupancy").iterdir())) == 2
    assert backend.calls == 1


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_arrays: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match="No space left on device"):
        process(tmp_path, WallBackend())
    assert not list(tmp_path.glob("*/*/stage.json"))


def test_frames_can_be_read_while_later_ones_are_cast(tmp_path: Path) -> None:
    growing: list[GrowingRun] = []
    read: list[list[int]] = []

    def look(event: ProgressEvent) -> None:
        if event.stage == "occupancy" and growing:
            occupancy = growing[0].occupancy
            assert occupancy.num_ready == event.done and occupancy.num_frames == event.total == 6
            if event.done:
                read.append(occupancy.frame(event.done - 1).occupied.tolist())

    run = process(tmp_path, WallBackend(), on_occupancy=growing.append, events=look)
    assert read == [run.occupancy.frame(frame_idx).occupied.tolist() for frame_idx in range(6)]
    assert (growing[0].intrinsics, growing[0].config) == (run.intrinsics, run.config)
    process(tmp_path, WallBackend(), on_occupancy=growing.append)
    assert len(growing) == 1, "a finished stage grows no more"


def test_a_run_from_disk_knows_who_saw_its_voxels(tmp_path: Path) -> None:
    process(tmp_path, WallBackend())
    world = process(tmp_path, WallBackend()).world
    assert world.num_voxels and world.count.min() >= 1
    assert (world.last_frame - world.first_frame + 1 >= world.count).all()


def test_cancel_while_casting_leaves_no_occupancy(tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(event: ProgressEvent) -> None:
        if event.stage == "occupancy" and event.done == 2:
            cancel.set()

    with pytest.raises(Cancelled):
        process(tmp_path, WallBackend(), events=stop, cancel=cancel)
    assert not list((tmp_path / "occupancy").glob("*/*"))
    assert process(tmp_path, WallBackend()).occupancy.is_complete


def test_a_device_that_is_not_there_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_has_driver", lambda: False)
    backend = WallBackend()
    with pytest.raises(ConfigError, match="no NVIDIA driver"):
        process(tmp_path, backend, CONFIG.with_changes({"device": "cuda"}))
    assert backend.calls == 0
    process(tmp_path, backend, CONFIG.with_changes({"device": "cpu"}))
    process(tmp_path, backend, CONFIG)
    assert backend.calls == 1, "all devices give the same bits, so nothing is made again"
