"""A sequence is read while it is being made, from another thread, and its files stay out of memory."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import load_npz

from l3rocc_engine.errors import Cancelled, InputError, OutputError
from l3rocc_engine.occupancy import GridSpec, OccupancySequence, load_sequence, occupancy_sequence
from l3rocc_engine.occupancy.archive import NpzWriter
from l3rocc_engine.occupancy.rows import pack_row
from l3rocc_engine.progress import CancelToken

GRID = GridSpec(pc_range=(-1.0, -1.0, -0.5, 1.0, 1.0, 1.5), voxel_size=0.1)
NUM_FRAMES = 31
FILES = ["mask_sequence.npz", "occ_sequence.npz"]


def make(**options: object) -> OccupancySequence:
    rng = np.random.default_rng(1)
    points = rng.uniform(-1, 1.5, (3000, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (NUM_FRAMES, 1, 1))
    poses[:, 0, 3] = np.linspace(0, 0.5, NUM_FRAMES)
    rays = np.concatenate([rng.uniform(-0.6, 0.6, (500, 2)), np.ones((500, 1))], axis=1).astype(np.float32)
    return occupancy_sequence(points, poses, rays, GRID, **options)


@pytest.fixture(scope="module")
def exact() -> OccupancySequence:
    return make(threads=1)


def test_frames_that_went_to_files_are_those_kept_in_memory(tmp_path: Path, exact: OccupancySequence) -> None:
    streamed = make(save_to=tmp_path, threads=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    exact.save(tmp_path / "saved")
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (tmp_path / "saved" / name).read_bytes()
    loaded = load_sequence(tmp_path / "occ_sequence.npz", tmp_path / "mask_sequence.npz", exact.world_from_cam)
    for sequence in (streamed, loaded):
        assert sequence.is_complete
        assert (sequence.visible_packed == exact.visible_packed).all()
        assert (sequence.occupied != exact.occupied).nnz == 0
        assert sequence.counts.tolist() == exact.counts.tolist()
        assert sequence.frame(3).occluded.tolist() == exact.frame(3).occluded.tolist()


def test_no_row_stays_in_memory(tmp_path: Path) -> None:
    streamed = make(save_to=tmp_path)
    for rows in (streamed.occupied_rows, streamed.visible_rows):
        assert type(rows).__name__ == "GrowingRows"
        assert not any(isinstance(value, bytes | list) for value in vars(rows).values())


@pytest.mark.parametrize("is_saved", [False, True])
def test_another_thread_reads_what_is_there_while_more_is_made(
    tmp_path: Path, exact: OccupancySequence, is_saved: bool
) -> None:
    growing: list[OccupancySequence] = []
    checked: list[int] = []
    wrong: list[int] = []
    wakes, sleeps = threading.Semaphore(0), threading.Semaphore(0)

    def read() -> None:
        for _ in range(NUM_FRAMES):
            wakes.acquire()
            sequence, last = growing[0], growing[0].num_ready - 1
            for t in {0, last // 2, last}:
                frame = sequence.frame(t)
                same = frame.occupied.tolist() == exact.frame(t).occupied.tolist()
                same = same and (frame.visible_packed == exact.frame(t).visible_packed).all()
                if not same:
                    wrong.append(t)
            checked.append(last)
            sleeps.release()

    def wait_for_reader(done: int, _total: int) -> None:
        if done:
            wakes.release()
            sleeps.acquire()

    reader = threading.Thread(target=read)
    reader.start()
    sequence = make(on_start=growing.append, progress=wait_for_reader, save_to=tmp_path if is_saved else None)
    reader.join()
    assert checked == list(range(NUM_FRAMES)) and not wrong
    assert growing == [sequence]


def test_a_frame_that_is_not_made_yet_is_said_to_be() -> None:
    def look(sequence: OccupancySequence) -> None:
        assert (sequence.num_ready, sequence.num_frames, sequence.is_complete) == (0, NUM_FRAMES, False)
        assert sequence.counts.tolist() == []
        with pytest.raises(InputError, match=f"Frame 4 is not made yet; 0 of {NUM_FRAMES} are"):
            sequence.frame(4)
        for whole in ("visible_packed", "occupied"):
            with pytest.raises(InputError, match="not made yet"):
                getattr(sequence, whole)
        with pytest.raises(InputError, match="There is no frame 99"):
            sequence.frame(99)

    make(on_start=look)


@pytest.mark.parametrize("last", [1, NUM_FRAMES])
def test_stopping_leaves_no_file_and_a_sequence_that_says_so(tmp_path: Path, last: int) -> None:
    cancel, growing = CancelToken(), []

    def stop(done: int, _total: int) -> None:
        if done == last:
            cancel.set()
            cancel.check()

    with pytest.raises(Cancelled):
        make(save_to=tmp_path, progress=stop, cancel=cancel, on_start=growing.append)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="was not finished"):
        growing[0].frame(0)


@pytest.mark.parametrize("last", [1, 2, 7])
def test_no_frame_is_added_once_stopping_was_asked_for(tmp_path: Path, last: int) -> None:
    cancel, done = CancelToken(), []

    def stop(count: int, _total: int) -> None:
        done.append(count)
        if count == last:
            cancel.set()

    with pytest.raises(Cancelled):
        make(save_to=tmp_path, progress=stop, cancel=cancel)
    assert done == list(range(last + 1))
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_an_output_error_and_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "mask_sequence.npz" / "in the way").mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be written"):
        make(save_to=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mask_sequence.npz"]


@pytest.mark.parametrize("num_rows", [0, 1, 9, 12_345])
def test_an_array_learns_its_length_at_the_end(tmp_path: Path, num_rows: int) -> None:
    values = np.arange(num_rows * 3, dtype="<i4").reshape(num_rows, 3)
    with (tmp_path / "a.npz").open("wb") as file:
        npz = NpzWriter(file)
        rows = npz.open_rows("values", values.dtype, (3,))
        for value in values[:1000]:
            rows.append(pack_row(value))
        rows.append(pack_row(values[1000:]))
        npz.close_rows(rows, num_rows)
        npz.close()
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["values"].shape == (num_rows, 3)
        assert (arrays["values"] == values).all()


def test_scipy_joins_narrow_indices_and_wide_pointers(tmp_path: Path, exact: OccupancySequence) -> None:
    """Beyond 2**31 voxels in all the row pointers need 64 bits; the indices never do."""
    make(save_to=tmp_path)
    with np.load(tmp_path / "occ_sequence.npz") as arrays:
        parts = dict(arrays)
    parts["indptr"] = parts["indptr"].astype(np.int64)
    np.savez(tmp_path / "wide.npz", **parts)
    assert (load_npz(tmp_path / "wide.npz") != exact.occupied).nnz == 0
    loaded = load_sequence(tmp_path / "wide.npz", tmp_path / "mask_sequence.npz", exact.world_from_cam)
    assert loaded.counts.tolist() == exact.counts.tolist()
