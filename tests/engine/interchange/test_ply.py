from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from plyfile import PlyData

from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.interchange import forecast_ply, write_ply
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.run import Run
from l3rocc_engine.storage import ply, space


def test_another_reader_finds_positions_normals_colours_and_confidence(run: Run, tmp_path: Path) -> None:
    found = PlyData.read(write_ply(run, tmp_path / "cloud.ply"))
    assert not found.text
    assert found.byte_order == "<"
    vertices = found["vertex"].data
    cloud = run.cloud
    np.testing.assert_array_equal(np.stack([vertices[n] for n in "xyz"], axis=1), cloud.points_world)
    np.testing.assert_array_equal(np.stack([vertices[n] for n in ("red", "green", "blue")], axis=1), cloud.colors)
    np.testing.assert_array_equal(vertices["scalar_confidence"], cloud.confidence)
    np.testing.assert_array_equal(vertices["quality"], cloud.confidence)
    np.testing.assert_array_equal(vertices["scalar_first_frame"], cloud.first_frame)
    assert "unit metre" in found.comments


def test_we_find_our_own_numbers_again(run: Run, tmp_path: Path) -> None:
    found = ply.read_ply(write_ply(run, tmp_path / "cloud.ply", normals=False))
    assert found.confidence is not None
    np.testing.assert_array_equal(found.confidence, run.cloud.confidence)
    np.testing.assert_array_equal(found.first_frame, run.cloud.first_frame)


def test_normals_are_units_and_face_the_camera_that_saw_the_point(run: Run, tmp_path: Path) -> None:
    vertices = PlyData.read(write_ply(run, tmp_path / "cloud.ply"))["vertex"].data
    normals = np.stack([vertices[n] for n in ("nx", "ny", "nz")], axis=1)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-5)
    towards = run.trajectory.centres_world[run.cloud.first_frame] - run.cloud.points_world
    assert (np.einsum("ni,ni->n", normals, towards) >= -1e-6).all()


def test_a_thinned_file_without_normals_has_the_foretold_size(run: Run, tmp_path: Path) -> None:
    path = write_ply(run, tmp_path / "few.ply", normals=False, max_points=100)
    vertices = PlyData.read(path)["vertex"]
    assert vertices.count == 100
    assert "nx" not in vertices.data.dtype.names
    forecast = forecast_ply(run, normals=False, max_points=100)
    assert 0 <= forecast.num_bytes - path.stat().st_size < 1000
    again = write_ply(run, tmp_path / "again.ply", normals=False, max_points=100)
    assert again.read_bytes() == path.read_bytes()


def test_what_is_there_already_is_kept_unless_told_otherwise(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cloud.ply"
    path.write_text("mine")
    with pytest.raises(OutputError, match="already exists"):
        write_ply(run, path, normals=False)
    assert path.read_text() == "mine"
    write_ply(run, path, normals=False, overwrite=True)
    assert PlyData.read(path)["vertex"].count == run.cloud.num_points


def test_a_full_disk_is_told_before_anything_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "free_bytes", lambda _path: space.SPARE_BYTES + 10)
    with pytest.raises(OutputError, match=r"would take .* in 1 file, but only 268 MB are free"):
        write_ply(run, tmp_path / "cloud.ply")
    assert list(tmp_path.iterdir()) == []


def test_cancel_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        write_ply(run, tmp_path / "cloud.ply", cancel=token)
    assert list(tmp_path.iterdir()) == []


def test_progress_reaches_its_end(run: Run, tmp_path: Path) -> None:
    events: list[ProgressEvent] = []
    write_ply(run, tmp_path / "cloud.ply", events=events.append)
    assert [(e.stage, e.done, e.total) for e in events] == [
        ("normals", 0, 1), ("normals", 1, 1), ("export", 0, 1), ("export", 1, 1),
    ]  # fmt: skip


def test_a_cloud_of_no_points_makes_a_file_of_none(run: Run, tmp_path: Path) -> None:
    cloud = run.cloud
    none = replace(
        cloud,
        points_world=cloud.points_world[:0],
        colors=cloud.colors[:0],
        confidence=cloud.confidence[:0],
        first_frame=cloud.first_frame[:0],
    )
    path = write_ply(replace(run, cloud=none), tmp_path / "none.ply")
    assert PlyData.read(path)["vertex"].count == 0
    with pytest.raises(ConfigError, match="At least one point"):
        write_ply(run, tmp_path / "zero.ply", max_points=0)


@pytest.mark.skipif(shutil.which("CloudCompare") is None, reason="CloudCompare is not installed")
def test_cloudcompare_finds_everything(run: Run, tmp_path: Path) -> None:
    path, table = write_ply(run, tmp_path / "cloud.ply"), tmp_path / "cloud.asc"
    command = ["CloudCompare", "-SILENT", "-AUTO_SAVE", "OFF", "-O", str(path), "-C_EXPORT_FMT", "ASC", "-PREC", "6"]
    command += ["-ADD_HEADER", "-SAVE_CLOUDS", "FILE", str(table)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    names = table.read_text().splitlines()[0].removeprefix("//").split()
    assert names == ["X", "Y", "Z", "R", "G", "B", "confidence", "first_frame", "Nx", "Ny", "Nz"]
    found = dict(zip(names, np.loadtxt(table, skiprows=1).T, strict=True))
    np.testing.assert_allclose(np.stack([found[n] for n in "XYZ"], axis=1), run.cloud.points_world, atol=1e-5)
    np.testing.assert_array_equal(np.stack([found[n] for n in "RGB"], axis=1), run.cloud.colors)
    np.testing.assert_allclose(found["confidence"], run.cloud.confidence, atol=1e-5)
    np.testing.assert_array_equal(found["first_frame"], run.cloud.first_frame)
