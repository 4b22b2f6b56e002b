from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, save_npz

from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection import Axes, describe_file, open_inspected
from l3rocc_engine.run import Run
from l3rocc_engine.storage import npz_member
from tests.synthetic.run_factory import make_run

OCC = "videos/chunk-000/observation.occ.view/occ_sequence.npz"
MASK = "videos/chunk-000/observation.occ.mask/mask_sequence.npz"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(run, tmp_path_factory.mktemp("out") / "dataset", profile="interndata")


def write_original(folder: Path, run: Run, *, with_mask: bool = True) -> Path:
    """The same content as the original writes it: by scipy and numpy, without index, range and voxel size."""
    save_npz(folder / "occ_sequence.npz", run.occupancy.occupied)
    if with_mask:
        np.savez_compressed(
            folder / "mask_sequence.npz",
            data=run.occupancy.visible_packed,
            shape=np.array(run.config.grid.shape),
            mode="packed",
        )
    return folder / "occ_sequence.npz"


def test_each_frame_of_our_own_file_has_its_voxels(run: Run, folder: Path) -> None:
    opened = open_inspected(folder / OCC)
    assert (opened.num_frames, opened.axes, opened.grid) == (run.num_frames, Axes.CAMERA, run.config.grid)
    assert opened.facts()["random access"]
    for frame_idx in (7, 0, 11, 3):
        expected = run.config.grid.centres(run.occupancy.occupied_indices(frame_idx))
        np.testing.assert_array_equal(opened.frame(frame_idx).points, expected)


def test_each_mask_has_its_visible_voxels(run: Run, folder: Path) -> None:
    opened = open_inspected(folder / MASK)
    for frame_idx in (5, 2, 11):
        expected = run.config.grid.centres(run.occupancy.frame(frame_idx).visible)
        np.testing.assert_array_equal(opened.frame(frame_idx).points, expected)


def test_one_frame_of_an_indexed_file_is_unpacked_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_inspected(folder / MASK)
    given: list[int] = []
    unpack = npz_member.NpzMember._unpack

    def counted(self: npz_member.NpzMember, stream: object, first: int, last: int, cancel: None) -> bytes:
        place = self._nearest(first)
        given.append(first - place.raw)
        return unpack(self, stream, first, last, cancel)

    monkeypatch.setattr(npz_member.NpzMember, "_unpack", counted)
    opened.frame(9)
    assert given == [0]


def test_the_originals_files_give_the_same_voxels_in_any_order(run: Run, tmp_path: Path) -> None:
    occ = write_original(tmp_path, run)
    opened = open_inspected(occ)
    assert opened.facts()["random access"] is False
    assert opened.axes is Axes.VOXELS
    masks = open_inspected(tmp_path / "mask_sequence.npz")
    shape = run.config.grid.shape
    for frame_idx in (11, 4, 4, 10, 0):
        voxels = np.floor(opened.frame(frame_idx).points).astype(int)
        flat = np.ravel_multi_index(tuple(voxels.T), shape)
        np.testing.assert_array_equal(flat, run.occupancy.occupied_indices(frame_idx))
        assert len(masks.frame(frame_idx).points) == len(run.occupancy.frame(frame_idx).visible)


def test_unpacking_goes_on_from_places_on_the_way(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_original(tmp_path, run)
    monkeypatch.setattr(npz_member, "CHECKPOINT_BYTES", 4096)
    member = npz_member.NpzMember(tmp_path / "mask_sequence.npz", "data")
    whole = run.occupancy.visible_packed.reshape(-1)
    width = run.occupancy.visible_packed.shape[1]
    for row in (11, 3, 7, 0, 8):
        np.testing.assert_array_equal(member.values(row * width, (row + 1) * width), whole[row * width :][:width])
    assert member._nearest(10 * width).raw > 9 * width


def test_range_and_voxel_size_come_from_the_run_s_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "meta").mkdir()
    shutil.copy(folder / "meta" / "run.json", tmp_path / "meta" / "run.json")
    (tmp_path / "data").mkdir()
    opened = open_inspected(write_original(tmp_path / "data", run, with_mask=False))
    assert opened.grid == run.config.grid
    assert "run.json" in opened.notes[0]


def test_an_unknown_grid_is_asked_for_and_never_guessed(run: Run, tmp_path: Path) -> None:
    occ = write_original(tmp_path, run, with_mask=False)
    with pytest.raises(InputError, match=r"neither it nor its folder says.*--grid X Y Z"):
        open_inspected(occ)
    x, y, z = run.config.grid.shape
    assert len(open_inspected(occ, shape=(x, y, z)).frame(3).points) == len(run.occupancy.occupied_indices(3))
    with pytest.raises(InputError, match=r"of --grid are"):
        open_inspected(occ, shape=(x, y, z + 1))


def test_a_cubic_number_of_voxels_is_no_reason_to_guess(tmp_path: Path) -> None:
    save_npz(tmp_path / "occ.npz", csr_matrix((2, 1000), dtype=np.uint8))
    with pytest.raises(InputError, match="--grid X Y Z"):
        open_inspected(tmp_path / "occ.npz")


def test_the_shipped_shape_brings_the_shipped_range_and_says_so(tmp_path: Path) -> None:
    matrix = csr_matrix(([np.uint8(1)], ([0], [123456])), shape=(1, 200 * 125 * 200))
    save_npz(tmp_path / "occ_sequence.npz", matrix)
    opened = open_inspected(tmp_path / "occ_sequence.npz", shape=(200, 125, 200))
    assert opened.grid is not None
    assert opened.grid.voxel_size == 0.02
    assert "are assumed" in opened.notes[0]


def test_facts_are_counts_and_bounds(run: Run, folder: Path) -> None:
    opened = open_inspected(folder / OCC)
    points = opened.frame(4)
    facts = describe_file(opened, 4, points)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["frames"] == run.num_frames
    assert facts["points"] == run.occupancy.counts[4]
    assert facts["voxels in all"] == int(run.occupancy.counts.sum())
    assert facts["voxels a frame"]["most"] == int(run.occupancy.counts.max())
    np.testing.assert_allclose(facts["lowest"], points.points.min(axis=0), rtol=1e-5)


def test_frames_beyond_the_end_are_told(folder: Path) -> None:
    for name in (OCC, MASK):
        with pytest.raises(InputError, match="has no frame 12; it has the frames 0 to 11"):
            open_inspected(folder / name).frame(12)


def _damaged(path: Path, offset: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 0xFF
    path.write_bytes(raw)


def test_damage_in_a_frame_is_found(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mask_sequence.npz"
    shutil.copy(folder / MASK, path)
    with np.load(path) as npz, zipfile.ZipFile(path) as archive:
        start = archive.getinfo("data.npy").header_offset + 30 + len("data.npy") + 20
        middle = int(npz["data_offsets"][6] + npz["data_offsets"][7]) // 2
    _damaged(path, start + middle)
    opened = open_inspected(path)
    assert len(opened.frame(5).points) == len(run.occupancy.frame(5).visible)
    with pytest.raises(InputError, match=r"damaged|checksum|too early"):
        opened.frame(6)


def test_a_sequence_without_frames_has_facts_and_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "occ_sequence.npz"
    np.savez_compressed(
        path,
        format=np.array("csr"),
        shape=np.array([0, 1000]),
        indptr=np.zeros(1, dtype=np.int32),
        indices=np.zeros(0, dtype=np.int32),
        data=np.zeros(0, dtype=np.uint8),
    )
    opened = open_inspected(path, shape=(10, 10, 10))
    assert opened.facts()["voxels in all"] == 0 and "voxels a frame" not in opened.facts()
    with pytest.raises(InputError, match="holds no frames"):
        opened.frame(0)
