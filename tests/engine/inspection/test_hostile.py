from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection import open_inspected
from l3rocc_engine.storage import memory


class Bomb:
    """Would write a file if anything unpickled it."""

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return (open, ("pwned", "w"))


def npy_bytes(shape: tuple[int, ...], dtype: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": dtype, "fortran_order": False, "shape": shape})
    return buffer.getvalue() + data


def npz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(f"{name}.npy", raw)
    return path


def look(path: Path, **options: object) -> None:
    opened = open_inspected(path, **options)  # type: ignore[arg-type]
    opened.frame(0)


def test_objects_are_never_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    header = npy_bytes((1,), "|O", pickle.dumps(np.array([Bomb()], dtype=object)))
    (tmp_path / "a.npy").write_bytes(header)
    for path in (
        tmp_path / "a.npy",
        npz(tmp_path / "a.npz", data=header),
        npz(tmp_path / "b.npz", points_world=header),
    ):
        with pytest.raises(InputError):
            look(path)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    ("shape", "dtype", "words"),
    [
        ((10**15, 3), "<f4", "cut short"),
        ((2**62, 2**62, 4), "<f8", "cut short"),
        ((-5, 3), "<f4", "cut short"),
        ((2, 2), "<f4", "cannot be shown"),
        ((5,), "<U7", "not numbers"),
        ((1, 3), "<c16", "not numbers"),
    ],
)
def test_arrays_that_lie_or_make_no_sense_are_refused(
    tmp_path: Path, shape: tuple[int, ...], dtype: str, words: str
) -> None:
    (tmp_path / "a.npy").write_bytes(npy_bytes(shape, dtype, b"\0" * 140))
    with pytest.raises(InputError, match=words):
        look(tmp_path / "a.npy")


@pytest.mark.parametrize(
    "members",
    [
        {"data": npy_bytes((10**12, 3), "<f4", b"\0" * 24)},
        {"data": npy_bytes((10**9, 625), "|u1", b"\0" * 24), "shape": npy_bytes((3,), "<i8", b"\1" * 24),
         "mode": npy_bytes((), "<U6", "packed".encode("utf-32-le"))},
        {"indices": npy_bytes((3,), "<i4", b"\0" * 12), "indptr": npy_bytes((10**11,), "<i4", b"\0" * 8),
         "shape": npy_bytes((2,), "<i8", np.array([10**11 - 1, 8]).tobytes()), "format": npy_bytes((), "|S3", b"csr"),
         "data": npy_bytes((3,), "|u1", b"\1" * 3)},
    ],
)  # fmt: skip
def test_sizes_that_the_file_cannot_hold_are_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(InputError, match="claims"):
        look(npz(tmp_path / "a.npz", **members))


def test_a_directory_that_claims_an_impossible_compression_is_refused(tmp_path: Path) -> None:
    path = npz(tmp_path / "a.npz", data=npy_bytes((20, 3), "<f4", b"\0" * 240))
    raw = path.read_bytes()
    header = npy_bytes((10**8, 3), "<f4", b"")
    size = len(header) + 12 * 10**8
    at = raw.rindex(b"PK\x01\x02")
    forged = raw[: at + 24] + int(size % 2**32).to_bytes(4, "little") + raw[at + 28 :]
    path.write_bytes(forged)
    with pytest.raises(InputError):
        look(path)


@pytest.mark.parametrize("starts", [[0, 2, 1, 3], [0, 1, 2, 4], [1, 2, 3, 3]])
def test_rows_that_do_not_follow_each_other_are_refused(tmp_path: Path, starts: list[int]) -> None:
    path = tmp_path / "occ.npz"
    np.savez(
        path,
        indices=np.array([0, 1, 2], np.int32),
        indptr=np.array(starts, np.int32),
        format=np.array(b"csr"),
        shape=np.array([3, 8]),
        data=np.ones(3, np.uint8),
    )
    with pytest.raises(InputError, match="do not follow each other"):
        look(path, shape=(2, 2, 2))


def test_voxels_outside_the_grid_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "occ.npz"
    np.savez(
        path,
        indices=np.array([0, 9], np.int32),
        indptr=np.array([0, 2]),
        format=np.array(b"csr"),
        shape=np.array([1, 8]),
        data=np.ones(2, np.uint8),
    )
    with pytest.raises(InputError, match="outside the grid"):
        look(path, shape=(2, 2, 2))


@pytest.mark.parametrize("raw", [b"", b"PK", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{", b"ply\n", b"not a file"])
@pytest.mark.parametrize("suffix", [".npz", ".npy", ".ply"])
def test_rubbish_is_refused_in_a_sentence(tmp_path: Path, raw: bytes, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_bytes(raw)
    with pytest.raises(InputError, match=r"a\.(npz|npy|ply)"):
        look(tmp_path / f"a{suffix}")


def test_a_ply_that_announces_more_than_it_holds_is_refused_without_reading(tmp_path: Path) -> None:
    head = "ply\nformat binary_little_endian 1.0\nelement vertex 900000000000000\n"
    head += "property float x\nproperty float y\nproperty float z\nend_header\n"
    (tmp_path / "a.ply").write_bytes(head.encode() + b"\0" * 36)
    with pytest.raises(InputError, match="holds 3 of the 900,000,000,000,000 points"):
        look(tmp_path / "a.ply")


@pytest.mark.parametrize("form", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_a_ply_whose_first_element_never_ends_is_refused_at_once(tmp_path: Path, form: str) -> None:
    head = f"ply\nformat {form} 1.0\nelement other 9{'0' * 30}\nproperty float a\n"
    head += "element vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n"
    (tmp_path / "a.ply").write_text(head)
    with pytest.raises(InputError, match="ends before its vertices"):
        look(tmp_path / "a.ply")


def test_what_does_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "a.npy", np.zeros((1000, 3), np.float32))
    monkeypatch.setattr(memory, "SHARE", 1e-9)
    with pytest.raises(InputError, match=r"would need 24.* kB of memory, but only"):
        look(tmp_path / "a.npy")


def test_other_files_and_missing_ones_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        look(tmp_path / "a.npz")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match="not a file of points or voxels"):
        look(tmp_path / "a.txt")
    with pytest.raises(InputError, match=r"not a folder with one \.npy or \.ply file a frame"):
        look(tmp_path)
    np.savez(tmp_path / "b.npz", one=np.zeros(3), two=np.zeros(3))
    with pytest.raises(InputError, match="one, two"):
        look(tmp_path / "b.npz")


def test_the_folder_above_says_what_to_look_into(tmp_path: Path) -> None:
    (tmp_path / "occ_only_cam_npy").mkdir()
    np.save(tmp_path / "occ_only_cam_npy" / "occ_0000.npy", np.zeros((1, 4), np.float32))
    np.save(tmp_path / "world_from_cam.npy", np.eye(4)[None])
    (tmp_path / "visual.json").write_text("{}")
    with pytest.raises(InputError, match=r"Give one of the folders in it: occ_only_cam_npy\."):
        look(tmp_path)
