from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage import npz_member
from l3rocc_engine.storage.npz_member import NpzMember
from l3rocc_engine.storage.npz_stream import DamagedNpz

VALUES = np.random.default_rng(5).integers(0, 900, 60_000).astype("<i4")


@pytest.fixture(params=["packed", "stored"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "a.npz"
    save = np.savez_compressed if request.param == "packed" else np.savez
    save(file, first=np.arange(3), values=VALUES)
    return file


def test_any_part_in_any_order_is_that_of_numpy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz_member, "CHECKPOINT_BYTES", 1 << 12)  # many places to go on from
    member = NpzMember(path, "values")
    rng = np.random.default_rng(0)
    for begin in (0, 59_999, *rng.integers(0, 60_000, 40)):
        end = min(60_000, int(begin) + int(rng.integers(0, 3000)))
        np.testing.assert_array_equal(member.values(int(begin), end), VALUES[begin:end])
    np.testing.assert_array_equal(member.array(), VALUES)


def test_a_part_that_is_not_there_is_refused(path: Path) -> None:
    member = NpzMember(path, "values")
    for begin, end in ((-1, 3), (5, 4), (0, 60_001)):
        with pytest.raises(DamagedNpz, match="has no values"):
            member.values(begin, end)


def test_columns_first_is_told_and_turned(tmp_path: Path) -> None:
    table = np.asfortranarray(VALUES[:12].reshape(3, 4))
    np.savez_compressed(tmp_path / "a.npz", table=table)
    member = NpzMember(tmp_path / "a.npz", "table")
    assert member.is_fortran and member.shape == (3, 4)
    np.testing.assert_array_equal(member.array(), table)


def test_an_index_of_other_bytes_is_not_taken(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", values=VALUES)
    member = NpzMember(tmp_path / "a.npz", "values")
    assert not member.set_row_starts(np.array([0, 60_000]), np.array([0, 7]))
    np.testing.assert_array_equal(member.values(100, 200), VALUES[100:200])


def test_damaged_bytes_are_told(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", values=VALUES)
    raw = bytearray((tmp_path / "a.npz").read_bytes())
    for place in range(2000, 2400):
        raw[place] ^= 0xA5
    (tmp_path / "a.npz").write_bytes(bytes(raw))
    with pytest.raises(DamagedNpz, match=r"a\.npz: the array values"):
        NpzMember(tmp_path / "a.npz", "values").array()


def test_unpacking_can_be_stopped(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", values=VALUES)
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        NpzMember(tmp_path / "a.npz", "values").array(cancel)
