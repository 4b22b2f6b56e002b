"""What is written is what numpy and scipy read, and what is read is checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, load_npz, save_npz

from l3rocc_engine.errors import Cancelled, InputError, OutputError
from l3rocc_engine.occupancy import GridSpec, OccupancySequence, load_sequence, occupancy_sequence
from l3rocc_engine.progress import CancelToken

GRID = GridSpec(pc_range=(-1.0, -1.0, -0.5, 1.0, 1.0, 1.5), voxel_size=0.1)


@pytest.fixture(scope="module")
def sequence() -> OccupancySequence:
    rng = np.random.default_rng(1)
    points = rng.uniform(-1, 1.5, (3000, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (6, 1, 1))
    poses[:, 0, 3] = np.linspace(0, 0.5, 6)
    poses[5, :3, 3] = 100.0  # sees nothing
    rays = np.concatenate([rng.uniform(-0.6, 0.6, (500, 2)), np.ones((500, 1))], axis=1).astype(np.float32)
    return occupancy_sequence(points, poses, rays, GRID)


@pytest.fixture
def saved(sequence: OccupancySequence, tmp_path: Path) -> Path:
    sequence.save(tmp_path)
    return tmp_path


def load(folder: Path, sequence: OccupancySequence, **changes) -> OccupancySequence:
    arguments = {"world_from_cam": sequence.world_from_cam, **changes}
    return load_sequence(folder / "occ_sequence.npz", folder / "mask_sequence.npz", **arguments)


def same(a: OccupancySequence, b: OccupancySequence) -> bool:
    return (
        bool((a.visible_packed == b.visible_packed).all())
        and (a.occupied != b.occupied).nnz == 0
        and all((a.frame(t).occupied == b.frame(t).occupied).all() for t in range(a.num_frames))
    )


def test_arrays_are_those_of_the_original_and_ours_beside_them(saved: Path, sequence: OccupancySequence) -> None:
    with np.load(saved / "mask_sequence.npz") as masks:
        assert list(masks)[:3] == ["data", "shape", "mode"]
        assert (masks["data"].dtype, masks["data"].shape) == (np.uint8, (6, 1000))
        assert (masks["shape"].dtype, masks["shape"].tolist()) == (np.int64, [20, 20, 20])
        assert (masks["mode"].dtype, str(masks["mode"])) == (np.dtype("<U6"), "packed")
        assert masks["range"].tolist() == list(GRID.pc_range)
        assert (float(masks["voxel_size"]), int(masks["version"])) == (0.1, 1)
        assert (masks["data"] == sequence.visible_packed).all()
        unpacked = np.unpackbits(masks["data"][2])[:8000].reshape(20, 20, 20)
        assert np.flatnonzero(unpacked).tolist() == sequence.frame(2).visible.tolist()
    with np.load(saved / "occ_sequence.npz") as matrix:
        assert list(matrix)[:5] == ["indices", "indptr", "format", "shape", "data"]
        types = {name: matrix[name].dtype.str for name in ("indices", "indptr", "format", "shape", "data")}
        assert types == {"indices": "<i4", "indptr": "<i4", "format": "|S3", "shape": "<i8", "data": "|u1"}
        assert matrix["format"] == b"csr"


def test_scipy_reads_the_matrix(saved: Path, sequence: OccupancySequence) -> None:
    matrix = load_npz(saved / "occ_sequence.npz")
    assert matrix.shape == (6, 8000) and matrix.dtype == np.uint8
    assert matrix.has_canonical_format
    assert (matrix != sequence.occupied).nnz == 0


def test_unzip_finds_no_fault(saved: Path) -> None:
    for name in ("mask_sequence.npz", "occ_sequence.npz"):
        done = subprocess.run(
            [sys.executable, "-m", "zipfile", "-t", str(saved / name)], capture_output=True, check=True
        )
        assert b"Done testing" in done.stdout


def test_a_saved_sequence_opens_the_same_and_is_left_on_disk(saved: Path, sequence: OccupancySequence) -> None:
    loaded = load(saved, sequence)
    assert loaded.grid == GRID
    assert type(loaded.visible_rows).__name__ == "FileRows"
    assert same(loaded, sequence)
    assert loaded.frame(5).occupied.size == 0
    assert loaded.frame(0).occluded.tolist() == sequence.frame(0).occluded.tolist()


def test_a_loaded_sequence_can_be_saved_again(saved: Path, sequence: OccupancySequence) -> None:
    load(saved, sequence).save(saved / "b" / "occ.npz", saved / "c" / "mask.npz")
    again = load_sequence(saved / "b" / "occ.npz", saved / "c" / "mask.npz", sequence.world_from_cam)
    assert same(again, sequence)


def write_as_the_original(folder: Path, sequence: OccupancySequence) -> None:
    save_npz(folder / "occ_sequence.npz", sequence.occupied)
    shape = np.array(sequence.grid.shape)
    np.savez_compressed(folder / "mask_sequence.npz", data=sequence.visible_packed, shape=shape, mode="packed")


def test_files_without_index_and_range_open_with_the_given_grid(tmp_path: Path, sequence: OccupancySequence) -> None:
    write_as_the_original(tmp_path, sequence)
    loaded = load(tmp_path, sequence, grid=GRID)
    assert same(loaded, sequence)
    with pytest.raises(InputError, match="cannot be told apart"):
        _ = loaded.frame(0).occluded
    with pytest.raises(InputError, match=r"\[20, 20, 20\].*\[200, 125, 200\]"):
        load(tmp_path, sequence)


def test_a_shipped_shape_without_range_is_assumed_and_said(tmp_path: Path) -> None:
    grid = GridSpec()
    np.savez_compressed(
        tmp_path / "mask_sequence.npz", data=np.zeros((1, 625_000), np.uint8), shape=np.array(grid.shape), mode="packed"
    )
    save_npz(tmp_path / "occ_sequence.npz", csr_matrix((1, grid.num_voxels), dtype=np.uint8))
    loaded = load_sequence(tmp_path / "occ_sequence.npz", tmp_path / "mask_sequence.npz", np.eye(4)[None])
    assert loaded.grid == grid
    assert "does not state its range" in loaded.notes[0]


def test_an_index_of_other_bytes_is_not_believed(saved: Path, sequence: OccupancySequence) -> None:
    path = saved / "mask_sequence.npz"
    with np.load(path) as masks:
        arrays = dict(masks)
    np.savez_compressed(path, **arrays)  # keeps data_offsets, which no longer fit
    loaded = load(saved, sequence)
    assert type(loaded.visible_rows).__name__ == "MemoryRows"
    assert same(loaded, sequence)


@pytest.mark.parametrize("name", ["mask_sequence.npz", "occ_sequence.npz"])
def test_missing_cut_and_damaged_files_are_refused(saved: Path, sequence: OccupancySequence, name: str) -> None:
    path = saved / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=name):
        load(saved, sequence)
    middle = bytearray(whole)
    for place in range(300, 360):
        middle[place] ^= 0x5A
    path.write_bytes(bytes(middle))
    with pytest.raises(InputError, match=name):
        loaded = load(saved, sequence)
        for t in range(6):
            loaded.frame(t)
    path.unlink()
    with pytest.raises(InputError, match=f"{name} is missing"):
        load(saved, sequence)


def test_files_that_do_not_fit_together_are_refused_with_both_numbers(saved: Path, sequence: OccupancySequence) -> None:
    save_npz(saved / "occ_sequence.npz", csr_matrix((4, 8000), dtype=np.uint8))
    with pytest.raises(InputError, match="frames in the two files, 4 and 6"):
        load(saved, sequence)
    save_npz(saved / "occ_sequence.npz", csr_matrix((6, 7999), dtype=np.uint8))
    with pytest.raises(InputError, match="voxels a frame, 7999 and 8000"):
        load(saved, sequence)


def test_poses_must_fit(saved: Path, sequence: OccupancySequence) -> None:
    with pytest.raises(InputError, match="frames and poses, 6 and 5"):
        load(saved, sequence, world_from_cam=sequence.world_from_cam[:5])


def test_another_grid_is_refused(saved: Path, sequence: OccupancySequence) -> None:
    with pytest.raises(InputError, match="was made with"):
        load(saved, sequence, grid=GridSpec())


def test_cancelled_saving_leaves_nothing(sequence: OccupancySequence, tmp_path: Path) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        sequence.save(tmp_path, cancel=cancel, progress=lambda done, _: cancel.set() if done == 2 else None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_replaced_is_an_output_error(sequence: OccupancySequence, tmp_path: Path) -> None:
    (tmp_path / "mask_sequence.npz" / "in the way").mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be written"):
        sequence.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mask_sequence.npz"]


def test_files_of_another_kind_are_told_apart(saved: Path, sequence: OccupancySequence) -> None:
    with np.load(saved / "mask_sequence.npz") as masks:
        np.savez_compressed(saved / "mask_sequence.npz", **{**masks, "mode": "sparse"})
    with pytest.raises(InputError, match=r"not a packed mask file: its mode is 'sparse'"):
        load(saved, sequence)
    sequence.save(saved)
    with np.load(saved / "occ_sequence.npz") as matrix:
        np.savez_compressed(saved / "occ_sequence.npz", **{**matrix, "format": b"csc"})
    with pytest.raises(InputError, match=r"not a CSR matrix: its format is 'csc'"):
        load(saved, sequence)
