from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection import Axes, describe_file, open_inspected
from l3rocc_engine.interchange import write_ply
from l3rocc_engine.run import Run


def test_the_world_map_has_counts_and_cubes(run: Run, dataset: Path) -> None:
    opened = open_inspected(dataset / "data" / "chunk-000" / "all_occ.npz")
    points = opened.frame(0)
    assert opened.axes is Axes.WORLD
    assert opened.up == run.world_up
    np.testing.assert_array_equal(points.points, run.world.centres_world)
    assert points.counts is not None
    np.testing.assert_array_equal(points.counts, run.world.count)
    assert points.lattice is not None
    assert points.lattice.cell_size == run.config.voxel_size
    assert points.is_voxel().all()


def test_the_originals_all_occ_is_called_what_it_is(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "all_occ.npz", data=np.eye(3, dtype=np.float32))
    opened = open_inspected(tmp_path / "all_occ.npz")
    assert opened.axes is Axes.CAMERA
    assert "not a map of the world" in opened.notes[0]
    assert len(opened.frame(0).points) == 3


def test_clouds_and_poses_of_a_dataset_open(run: Run, dataset: Path) -> None:
    cloud = open_inspected(dataset / "data" / "chunk-000" / "origin_pcd.ply").frame(0)
    np.testing.assert_array_equal(cloud.points, run.cloud.points_world)
    assert cloud.colors is not None
    np.testing.assert_array_equal(cloud.colors, run.cloud.colors)
    poses = open_inspected(dataset / "meta" / "poses.npz").frame(0)
    assert poses.is_path().all()
    np.testing.assert_allclose(poses.points, run.trajectory.centres_world, atol=1e-6)


def test_columns_are_told_apart(tmp_path: Path) -> None:
    np.save(tmp_path / "six.npy", np.array([[0, 0, 0, 1.0, 0.5, 0]], np.float32))
    np.save(tmp_path / "bytes.npy", np.array([[0, 0, 0, 255, 128, 7]], np.float64))
    np.save(tmp_path / "seven.npy", np.array([[0, 0, 0, 0, 0, 1, 5]], np.float32))
    np.save(tmp_path / "ones.npy", np.array([[0, 0, 0, 1], [1, 1, 1, 1]], np.float32))
    for name, wanted in (("six", [255, 128, 0]), ("bytes", [255, 128, 7]), ("seven", [0, 0, 255])):
        colors = open_inspected(tmp_path / f"{name}.npy").frame(0).colors
        assert colors is not None
        assert colors[0].tolist() == wanted
    ones = open_inspected(tmp_path / "ones.npy").frame(0)
    assert not ones.has_roles  # in the original's single frames 1 means occupied


def test_dense_grids_show_what_is_not_zero(tmp_path: Path) -> None:
    grid = np.zeros((4, 5, 6), np.uint8, order="F")
    grid[1, 2, 3], grid[3, 4, 5] = 1, 17
    np.save(tmp_path / "grid.npy", grid)
    np.savez(tmp_path / "semantics.npz", semantics=grid, mask_camera=grid)
    for name in ("grid.npy", "semantics.npz"):
        points = open_inspected(tmp_path / name).frame(0)
        assert points.points.tolist() == [[1.5, 2.5, 3.5], [3.5, 4.5, 5.5]]
        assert points.labels is not None
        assert points.labels.tolist() == [1, 17]
        assert points.is_voxel().all()


def test_points_that_are_not_finite_are_left_out_and_counted(tmp_path: Path) -> None:
    values = np.array([[0, 0, 0, 0], [np.nan, 0, 0, 1], [1e300, 0, 0, 2], [1, 2, 3, 2]])
    np.save(tmp_path / "a.npy", values)
    points = open_inspected(tmp_path / "a.npy").frame(0)
    assert points.points.tolist() == [[0, 0, 0], [1, 2, 3]]
    assert points.num_dropped == 2


def test_a_voxel_size_makes_cubes_of_a_table(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[0.05, 0.05, 0.05]], np.float32))
    assert open_inspected(tmp_path / "a.npy").frame(0).lattice is None
    lattice = open_inspected(tmp_path / "a.npy", voxel_size=0.1).frame(0).lattice
    assert lattice is not None
    assert lattice.cell_size == 0.1
    with pytest.raises(InputError, match="positive"):
        open_inspected(tmp_path / "a.npy", voxel_size=-1.0)


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"config": {"pc_range": [0, 0], "voxel_size": "x"}})])
def test_a_broken_run_file_nearby_is_no_hindrance(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    np.save(tmp_path / "a.npy", np.zeros((1, 3), np.float32))
    assert open_inspected(tmp_path / "a.npy").frame(0).lattice is None


def test_clouds_and_keyframes_of_a_work_folder_open(run: Run, tmp_path: Path) -> None:
    cloud = run.cloud
    seen = np.arange(cloud.num_points, dtype=np.int32)
    np.savez(tmp_path / "cloud.npz", points_world=cloud.points_world, colors=cloud.colors, num_seen=seen)
    points = open_inspected(tmp_path / "cloud.npz").frame(0)
    np.testing.assert_array_equal(points.points, cloud.points_world)
    assert points.counts is not None
    np.testing.assert_array_equal(points.counts, seen)
    depth = np.ones((4, 5, 3), np.float32)
    depth[0, 0] = np.nan
    np.savez(tmp_path / "keyframe_000000.npz", points_cam=depth, colors=np.full((4, 5, 3), 9, np.uint8))
    keyframe = open_inspected(tmp_path / "keyframe_000000.npz")
    assert keyframe.axes is Axes.CAMERA
    assert len(keyframe.frame(0).points) == 19
    assert keyframe.frame(0).num_dropped == 1
    np.savez(tmp_path / "cloud.npz", points_world=cloud.points_world, colors=cloud.colors[1:])
    with pytest.raises(InputError, match="do not fit"):
        open_inspected(tmp_path / "cloud.npz").frame(0)


def test_our_own_clouds_say_what_world_they_are_in(run: Run, tmp_path: Path) -> None:
    path = write_ply(run, tmp_path / "anything.ply")
    opened = open_inspected(path)
    assert opened.axes is Axes.WORLD
    assert opened.up is not None and run.world_up is not None
    np.testing.assert_allclose(opened.up, run.world_up, atol=1e-6)
    with pytest.raises(InputError, match=r"single moment\. Leave --frame out"):
        opened.frame(5)
    facts = describe_file(opened, 0, opened.frame(0))
    assert facts["run"] == run.source.name
    assert facts["unit"] == ("metre" if run.scale.is_metric else "model unit, the true size is not known")
    assert facts["up"] == pytest.approx(run.world_up, abs=1e-5)
    header, points = path.read_bytes().split(b"end_header", 1)
    lines = [line for line in header.split(b"\n") if not line.startswith(b"comment")]
    foreign = tmp_path / "foreign.ply"
    others = [b"comment unit inch", b"comment up and away"]
    foreign.write_bytes(b"\n".join([*lines[:2], *others, *lines[2:]]) + b"end_header" + points)
    assert open_inspected(foreign).axes is Axes.UNKNOWN


def test_numbers_of_a_file_are_told_by_their_names(run: Run, dataset: Path, visual: Path) -> None:
    def facts(path: Path) -> dict[str, object]:
        opened = open_inspected(path)
        return describe_file(opened, 0, opened.frame(0))

    cloud = facts(dataset / "data" / "chunk-000" / "origin_pcd.ply")
    assert str(cloud["columns"]).startswith("x y z nx ny nz red green blue confidence")
    assert cloud["unit"] == ("metre" if run.scale.is_metric else "model unit")
    table = facts(visual / "merge_npy_sequence_world")
    assert table["columns"] == "x y z r g b label"
    assert list(table["labels"]) == ["background", "path", "occupancy"]  # type: ignore[call-overload]
    assert table["labels"]["background"] == run.cloud.num_points  # type: ignore[index]
    seen = facts(dataset / "data" / "chunk-000" / "all_occ.npz")["times seen"]
    assert seen["median"] == int(np.median(run.world.count))  # type: ignore[index]


def test_arrays_are_called_what_they_are(tmp_path: Path) -> None:
    for name, array, kind in (
        ("grid", np.ones((2, 3, 4), dtype=np.uint8), "dense grid"),
        ("poses", np.tile(np.eye(4), (3, 1, 1)), "camera poses"),
        ("table", np.zeros((0, 4)), "table of points"),
    ):
        np.save(tmp_path / f"{name}.npy", array)
        opened = open_inspected(tmp_path / f"{name}.npy")
        assert opened.kind == kind
        assert ("labels" in describe_file(opened, 0, opened.frame(0))) == (name == "poses")
    (tmp_path / "empty.npy").touch()
    with pytest.raises(InputError, match=r"empty\.npy is empty"):
        open_inspected(tmp_path / "empty.npy")


def test_what_is_left_of_rounding_is_told_as_nothing(tmp_path: Path) -> None:
    np.save(tmp_path / "points.npy", np.array([[5.55e-17, 0.5, -3.0], [1e-4, 0.25, 2.0]]))
    opened = open_inspected(tmp_path / "points.npy")
    facts = describe_file(opened, 0, opened.frame(0))
    assert facts["lowest"] == [0.0, 0.25, -3.0] and facts["highest"] == [1e-4, 0.5, 2.0]
