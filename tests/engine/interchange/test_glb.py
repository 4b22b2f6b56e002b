from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from l3rocc_engine.errors import Cancelled, OutputError
from l3rocc_engine.interchange import forecast_glb, glb, write_glb
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from tests.synthetic.room import UP

SIZES = {5126: 4, 5123: 2, 5125: 4}
COMPONENTS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963


def document(path: Path) -> tuple[dict[str, Any], bytes]:
    """The two chunks, checked against the format's rules on lengths and alignment."""
    raw = path.read_bytes()
    magic, version, length, json_length, json_type = struct.unpack_from("<4sIII4s", raw)
    assert (magic, version, length, json_type) == (b"glTF", 2, len(raw), b"JSON")
    assert json_length % 4 == 0
    binary_length, binary_type = struct.unpack_from("<I4s", raw, 20 + json_length)
    assert binary_type == b"BIN\x00"
    assert 28 + json_length + binary_length == len(raw)
    return json.loads(raw[20 : 20 + json_length]), raw[28 + json_length :]


def test_another_reader_finds_the_cloud_the_path_and_the_cameras(run: Run, tmp_path: Path) -> None:
    scene = trimesh.load(write_glb(run, tmp_path / "a.glb", num_frusta=2), process=False)
    cloud, path, cameras = (scene.geometry[name] for name in ("cloud", "camera path", "cameras"))
    np.testing.assert_array_equal(np.asarray(cloud.vertices, np.float32), run.cloud.points_world)
    rings = np.asarray(path.vertices).reshape(run.num_frames, glb.SIDES, 3)
    np.testing.assert_allclose(rings.mean(axis=1), run.trajectory.centres_world, atol=1e-5)
    ends = np.asarray(cameras.vertices).reshape(-1, glb.SIDES, 3).mean(axis=1)
    np.testing.assert_allclose(ends, glb.frusta(run, 2, glb.FRUSTUM_SHARE * glb.scene_size(run)), atol=1e-5)


def test_every_accessor_is_aligned_inside_the_buffer_and_has_its_bounds(run: Run, tmp_path: Path) -> None:
    found, binary = document(write_glb(run, tmp_path / "a.glb", num_frusta=3))
    assert found["asset"]["version"] == "2.0"
    assert found["buffers"] == [{"byteLength": len(binary)}]
    for accessor in found["accessors"]:
        view = found["bufferViews"][accessor["bufferView"]]
        size = SIZES[accessor["componentType"]] * COMPONENTS[accessor["type"]]
        assert view["byteOffset"] % 4 == 0
        assert size % 4 == 0
        assert view["byteLength"] == size * accessor["count"]
        assert view["byteOffset"] + view["byteLength"] <= len(binary)
        if accessor["type"] == "VEC3":
            values = np.frombuffer(binary, "<f4", 3 * accessor["count"], view["byteOffset"]).reshape(-1, 3)
            np.testing.assert_array_equal(values.min(axis=0), np.float32(accessor["min"]))
            np.testing.assert_array_equal(values.max(axis=0), np.float32(accessor["max"]))


def test_only_points_and_triangles_are_written_and_indices_stay_in_range(run: Run, tmp_path: Path) -> None:
    found, binary = document(write_glb(run, tmp_path / "a.glb", num_frusta=3))
    assert [mesh["primitives"][0]["mode"] for mesh in found["meshes"]] == [0, 4, 4]
    for mesh in found["meshes"][1:]:
        primitive = mesh["primitives"][0]
        accessor = found["accessors"][primitive["indices"]]
        view = found["bufferViews"][accessor["bufferView"]]
        corners = np.frombuffer(binary, "<u4", accessor["count"], view["byteOffset"])
        assert accessor["count"] % 3 == 0
        assert corners.max() == found["accessors"][primitive["attributes"]["POSITION"]]["count"] - 1
    targets = [view["target"] for view in found["bufferViews"]]
    assert targets == [ARRAY_BUFFER, ARRAY_BUFFER, *2 * [ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER]]


def test_up_is_y_and_the_first_camera_looks_along_minus_z(run: Run, tmp_path: Path) -> None:
    found, _ = document(write_glb(run, tmp_path / "a.glb"))
    root = found["nodes"][found["scenes"][0]["nodes"][0]]
    matrix = np.array(root["matrix"]).reshape(4, 4).T
    np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1.0)
    np.testing.assert_allclose(matrix[:3, :3] @ np.array(UP), [0, 1, 0], atol=1e-9)
    ahead = matrix[:3, :3] @ run.trajectory.world_from_cam[0, :3, 2]
    assert ahead[2] < 0
    assert ahead[0] == pytest.approx(0.0, abs=1e-9)
    assert root["extras"]["unit"] == "metre"


def test_without_a_known_up_the_first_picture_tells_it(run: Run) -> None:
    matrix = glb.gltf_from_world(replace(run, world_up=None))
    np.testing.assert_allclose(matrix[:3, :3] @ -run.trajectory.world_from_cam[0, :3, 1], [0, 1, 0], atol=1e-9)


def test_colours_are_linear_light(run: Run, tmp_path: Path) -> None:
    found, binary = document(write_glb(run, tmp_path / "a.glb"))
    accessor = found["accessors"][found["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"]]
    assert (accessor["componentType"], accessor["normalized"], accessor["type"]) == (5123, True, "VEC4")
    offset = found["bufferViews"][accessor["bufferView"]]["byteOffset"]
    linear = np.frombuffer(binary, "<u2", 4 * accessor["count"], offset).reshape(-1, 4) / 65535
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    np.testing.assert_array_equal(np.rint(srgb[:, :3] * 255), run.cloud.colors)
    assert (linear[:, 3] == 1).all()


def test_frusta_start_at_cameras_and_span_the_picture(run: Run) -> None:
    ends = glb.frusta(run, 2, glb.FRUSTUM_SHARE * glb.scene_size(run)).reshape(2, -1, 2, 3)
    for row, frame_idx in enumerate((0, run.num_frames - 1)):
        pose = run.trajectory.world_from_cam[frame_idx]
        np.testing.assert_allclose(ends[row, :4, 0], np.tile(pose[:3, 3], (4, 1)), atol=1e-9)
        corner_cam = pose[:3, :3].T @ (ends[row, 0, 1] - pose[:3, 3])
        k = run.intrinsics
        assert k.fx_px * corner_cam[0] / corner_cam[2] + k.cx_px == pytest.approx(0.0, abs=1e-6)
        assert k.fy_px * corner_cam[1] / corner_cam[2] + k.cy_px == pytest.approx(0.0, abs=1e-6)


def test_the_forecast_holds_and_too_large_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_glb(run, tmp_path / "a.glb", max_points=500, num_frusta=2)
    forecast = forecast_glb(run, max_points=500, num_frusta=2)
    assert 0 <= forecast.num_bytes - path.stat().st_size < 4000
    monkeypatch.setattr(glb.gltf, "LARGEST_FILE", 10_000)
    with pytest.raises(OutputError, match=r"can have 4.3 GB at most. Keep 300 points"):
        write_glb(run, tmp_path / "b.glb")


def test_cancel_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        write_glb(run, tmp_path / "a.glb", cancel=token)
    assert list(tmp_path.iterdir()) == []
