from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.storage.npz_stream import DamagedNpz, NpzStream


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "arrays.npz"
    np.savez_compressed(file, table=np.arange(12, dtype="<i4").reshape(3, 4), word=np.array("csr"), odd=np.zeros(0))
    return file


def test_arrays_are_those_of_numpy(path: Path) -> None:
    with NpzStream(path) as arrays, np.load(path) as expected:
        assert arrays.names() == set(expected.files)
        for name in expected.files:
            assert arrays.header(name) == (expected[name].shape, expected[name].dtype)
            np.testing.assert_array_equal(arrays.array(name), expected[name])


def test_an_array_comes_in_pieces_of_any_lengths(path: Path) -> None:
    with NpzStream(path) as arrays:
        pieces = list(arrays.pieces("table", [5, 0, 7]))
    assert [piece.tolist() for piece in pieces] == [[0, 1, 2, 3, 4], [], [5, 6, 7, 8, 9, 10, 11]]


def test_the_packed_bytes_of_an_array_are_where_it_is_said(path: Path) -> None:
    with NpzStream(path) as arrays:
        start, count = arrays.place("table")
    raw = zlib.decompress(path.read_bytes()[start : start + count], -15)
    assert raw.endswith(np.arange(12, dtype="<i4").tobytes())


@pytest.mark.parametrize("ask", [NpzStream.array, NpzStream.header, NpzStream.place])
def test_an_array_that_is_not_there_is_named(path: Path, ask) -> None:
    with NpzStream(path) as arrays, pytest.raises(DamagedNpz, match=r"arrays\.npz: the array lost is missing"):
        ask(arrays, "lost")


def test_pieces_must_end_where_the_array_does(path: Path) -> None:
    with NpzStream(path) as arrays:
        with pytest.raises(DamagedNpz, match="ends too early"):
            list(arrays.pieces("table", [13]))
        with pytest.raises(DamagedNpz, match="more values than its shape says"):
            list(arrays.pieces("table", [11]))


def test_objects_and_other_files_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "objects.npz", "w") as archive, archive.open("x.npy", "w") as member:
        np.lib.format.write_array(member, np.array([{}], dtype=object), allow_pickle=True)
    with NpzStream(tmp_path / "objects.npz") as arrays, pytest.raises(DamagedNpz, match="does not allow"):
        arrays.array("x")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(DamagedNpz, match=r"the file is cut off, or is no \.npz"):
        NpzStream(tmp_path / "text.npz")
    with pytest.raises(DamagedNpz, match="the file is missing"):
        NpzStream(tmp_path / "nothing.npz")
