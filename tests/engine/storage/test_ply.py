from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage import ply
from l3rocc_engine.storage.ply import PlyPoints, read_ply, write_ply


def cloud(n: int = 50) -> PlyPoints:
    rng = np.random.default_rng(1)
    return PlyPoints(
        points=rng.normal(size=(n, 3)).astype(np.float32),
        colors=rng.integers(0, 256, (n, 3), dtype=np.uint8),
        normals=rng.normal(size=(n, 3)).astype(np.float32),
        confidence=rng.random(n, dtype=np.float32),
        first_frame=rng.integers(0, 99, n, dtype=np.int32),
        num_seen=rng.integers(1, 9, n, dtype=np.int32),
        edge=rng.random(n, dtype=np.float32),
    )


def test_everything_written_comes_back_bit_for_bit(tmp_path: Path) -> None:
    wanted = cloud()
    write_ply(tmp_path / "a.ply", wanted, comment="two\nlines")
    found = read_ply(tmp_path / "a.ply")
    for name in ("points", "colors", "normals", "confidence", "first_frame", "num_seen", "edge"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
        assert getattr(found, name).dtype == getattr(wanted, name).dtype


@pytest.mark.parametrize("n", [0, 1])
def test_tiny_clouds_and_absent_parts(tmp_path: Path, n: int) -> None:
    write_ply(tmp_path / "a.ply", PlyPoints(points=np.ones((n, 3), np.float32)))
    found = read_ply(tmp_path / "a.ply")
    assert found.points.shape == (n, 3)
    assert found.colors is None and found.normals is None and found.confidence is None and found.first_frame is None


def test_file_size_is_header_plus_packed_records(tmp_path: Path) -> None:
    wanted = cloud(10)
    write_ply(tmp_path / "a.ply", PlyPoints(points=wanted.points, colors=wanted.colors))
    data = (tmp_path / "a.ply").read_bytes()
    body = data[data.index(b"end_header\n") + len(b"end_header\n") :]
    assert len(body) == 10 * 15
    assert struct.unpack("<3f3B", body[:15]) == (*wanted.points[0].tolist(), *wanted.colors[0].tolist())


def test_text_with_alpha_and_faces(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    path.write_text(
        "ply\nformat ascii 1.0\ncomment from elsewhere\nelement vertex 3\nproperty float x\nproperty float y\n"
        "property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nproperty uchar alpha\n"
        "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
        "0 0 1 255 0 0 255\n0 1 0 0 255 0 255\n1.5 0 0 0 0 255 255\n3 0 1 2\n"
    )
    found = read_ply(path)
    np.testing.assert_array_equal(found.points, [[0, 0, 1], [0, 1, 0], [1.5, 0, 0]])
    np.testing.assert_array_equal(found.colors, np.diag([255, 255, 255]))


def test_doubles_stay_doubles_and_big_endian_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    head = b"ply\nformat binary_big_endian 1.0\nelement camera 2\nproperty float f\nelement vertex 1\n"
    head += b"property double x\nproperty double y\nproperty double z\nproperty float red\n"
    head += b"property float green\nproperty float blue\nend_header\n"
    path.write_bytes(head + struct.pack(">2f", 7, 8) + struct.pack(">3d3f", 1 / 3, 2, 3, 0.0, 0.5, 1.0))
    found = read_ply(path)
    assert found.points.dtype == np.float64
    assert found.points[0, 0] == 1 / 3
    np.testing.assert_array_equal(found.colors, [[0, 128, 255]])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"solid" + data, "not a PLY"),
        (lambda data: data[:-1], "cut short"),
        (lambda data: data[:40], "no end"),
        (lambda data: data.replace(b"binary_little_endian", b"morse"), "unknown format"),
        (lambda data: data.replace(b"element vertex", b"element vertexes"), "no vertices"),
        (lambda data: data.replace(b"float x", b"float q"), "without x, y and z"),
        (lambda data: data.replace(b"float x", b"quad x"), "not a property"),
        (lambda data: data.replace(b"vertex 50", b"vertex -3"), "not an element"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path: Path, damage, words: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "broken.ply"
    write_ply(path, cloud())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=words) as caught:
        read_ply(path)
    assert "broken.ply" in caught.value.message


def test_damaged_text_and_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    head = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    path.write_text(head + "0 0 0\n0 nought 0\n")
    with pytest.raises(InputError, match="cannot be read"):
        read_ply(path)
    path.write_text(head + "0 0 0\n")
    with pytest.raises(InputError, match="cut short"):
        read_ply(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_ply(tmp_path / "absent.ply")


def test_real_navigation_map(samples_dir: Path) -> None:
    path = next(samples_dir.glob("small_vln_n1/**/path.ply"))
    found = read_ply(path)
    assert found.points.shape == (72445, 3)
    assert found.points.dtype == np.float64
    assert found.colors is not None
    assert (found.colors[:52] == 0).all()
    assert (found.colors == 102).all(axis=1).sum() == 50931


def test_blocks_and_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ply, "BLOCK", 7)
    wanted = cloud(50)
    write_ply(tmp_path / "a.ply", wanted)
    np.testing.assert_array_equal(read_ply(tmp_path / "a.ply").points, wanted.points)
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        write_ply(tmp_path / "b.ply", wanted, cancel=token)
    assert [path.name for path in tmp_path.iterdir()] == ["a.ply"]
