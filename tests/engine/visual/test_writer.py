from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from plyfile import PlyData

from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.occupancy import occupancy_sequence
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.run import Run
from l3rocc_engine.storage import space
from l3rocc_engine.visual import Background, VisualOutput, forecast_visual, write_visual
from tests.synthetic.run_factory import make_run

FRAME = 7


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def written(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_visual(run, tmp_path_factory.mktemp("out") / "visual")


def sizes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_there_are_six_folders_with_one_file_a_frame(run: Run, written: Path) -> None:
    names = {path.name: sorted(p.name for p in path.iterdir()) for path in written.iterdir() if path.is_dir()}
    frames = range(run.num_frames)
    assert names == {
        "merge_npy_sequence_cam": [f"frame_{i:04d}_cam.npy" for i in frames],
        "merge_npy_sequence_world": [f"frame_{i:04d}_world.npy" for i in frames],
        "merge_ply_sequence_cam": [f"frame_{i:04d}_cam.ply" for i in frames],
        "merge_ply_sequence_world": [f"frame_{i:04d}_world.ply" for i in frames],
        "occ_only_cam_npy": [f"occ_{i:04d}.npy" for i in frames],
        "occ_only_cam_ply": [f"occ_{i:04d}.ply" for i in frames],
    }


def test_the_background_is_the_cloud_brought_into_the_camera_once(run: Run, written: Path) -> None:
    table = np.load(written / "merge_npy_sequence_cam" / f"frame_{FRAME:04d}_cam.npy")
    assert table.dtype == np.float32
    assert table.shape[1] == 4
    expected = transform(invert(run.trajectory.world_from_cam[FRAME]), run.cloud.points_world)
    np.testing.assert_allclose(table[table[:, 3] == 0, :3], expected, atol=1e-5)
    assert (np.diff(table[:, 3]) >= 0).all()


def test_the_whole_path_is_there_in_the_camera_and_what_was_gone_so_far_in_the_world(run: Run, written: Path) -> None:
    cam = np.load(written / "merge_npy_sequence_cam" / f"frame_{FRAME:04d}_cam.npy")
    path_cam = cam[cam[:, 3] == 1, :3]
    assert len(path_cam) == run.num_frames
    np.testing.assert_allclose(path_cam[FRAME], 0.0, atol=1e-6)
    world = np.load(written / "merge_npy_sequence_world" / f"frame_{FRAME:04d}_world.npy")
    path_world = world[world[:, 6] == 1]
    np.testing.assert_allclose(path_world[:, :3], run.trajectory.centres_world[: FRAME + 1], atol=1e-6)
    np.testing.assert_array_equal(path_world[:, 3:6], np.tile([0, 0, 1], (FRAME + 1, 1)))


def test_the_occupancy_is_the_frame_s_and_its_history_s_on_the_grid(run: Run, written: Path) -> None:
    table = np.load(written / "occ_only_cam_npy" / f"occ_{FRAME:04d}.npy")
    assert (table[:, 3] == 2).all()
    grid = run.config.grid
    own = grid.centres(run.occupancy.occupied_indices(FRAME))
    past = grid.centres(run.occupancy.history(FRAME, run.config.history_len, run.config.history_step))
    expected = {tuple(row) for row in np.concatenate([own, past])}
    assert {tuple(row) for row in table[:, :3]} == expected
    assert len(table) == len(expected)
    merged = np.load(written / "merge_npy_sequence_cam" / f"frame_{FRAME:04d}_cam.npy")
    np.testing.assert_array_equal(merged[merged[:, 3] == 2], table)


def test_in_the_world_the_same_frames_occupancy_is_not_cut_to_the_grid(run: Run, written: Path) -> None:
    table = np.load(written / "merge_npy_sequence_world" / f"frame_{FRAME:04d}_world.npy")
    occupied = table[table[:, 6] == 2]
    size = run.config.voxel_size
    expected: set[tuple[int, ...]] = set()
    for t in (FRAME, FRAME - 2, FRAME - 4, FRAME - 6):
        centres = run.config.grid.centres(run.occupancy.occupied_indices(t)).astype(np.float64)
        voxels = np.floor(transform(run.trajectory.world_from_cam[t], centres) / size).astype(int)
        expected |= {tuple(row) for row in voxels.tolist()}
    assert {tuple(row) for row in np.floor(occupied[:, :3] / size).astype(int).tolist()} == expected
    assert len(occupied) == len(expected)
    np.testing.assert_allclose(occupied[:, 3:6], 128 / 255, atol=1e-6)
    background = table[table[:, 6] == 0]
    np.testing.assert_array_equal(background[:, :3], run.cloud.points_world)
    np.testing.assert_array_equal(np.rint(background[:, 3:6] * 255), run.cloud.colors)


@pytest.mark.parametrize(
    ("ply", "npy"),
    [
        ("merge_ply_sequence_cam/frame_0007_cam.ply", "merge_npy_sequence_cam/frame_0007_cam.npy"),
        ("merge_ply_sequence_world/frame_0007_world.ply", "merge_npy_sequence_world/frame_0007_world.npy"),
        ("occ_only_cam_ply/occ_0007.ply", "occ_only_cam_npy/occ_0007.npy"),
    ],
)
def test_ply_files_hold_the_points_of_the_arrays_in_the_documented_colours(written: Path, ply: str, npy: str) -> None:
    vertices, table = PlyData.read(written / ply)["vertex"].data, np.load(written / npy)
    np.testing.assert_array_equal(np.stack([vertices[n] for n in "xyz"], axis=1), table[:, :3])
    colors = np.stack([vertices[n] for n in ("red", "green", "blue")], axis=1)
    if "world" in ply:
        np.testing.assert_array_equal(colors, np.rint(table[:, 3:6] * 255))
    else:
        by_label = np.array([[179, 179, 179], [255, 0, 0], [0, 255, 0]])
        np.testing.assert_array_equal(colors, by_label[table[:, 3].astype(int)])


def test_the_background_can_be_stored_once(run: Run, written: Path, tmp_path: Path) -> None:
    once = write_visual(run, tmp_path / "once", background=Background.ONCE)
    background = np.load(once / "background_world.npy")
    poses = np.load(once / "world_from_cam.npy")
    assert PlyData.read(once / "background_world.ply")["vertex"].count == len(background)
    whole = np.load(written / "merge_npy_sequence_world" / f"frame_{FRAME:04d}_world.npy")
    rest = np.load(once / "merge_npy_sequence_world" / f"frame_{FRAME:04d}_world.npy")
    np.testing.assert_array_equal(np.concatenate([background, rest]), whole)
    cam = np.load(written / "merge_npy_sequence_cam" / f"frame_{FRAME:04d}_cam.npy")
    np.testing.assert_allclose(
        transform(invert(poses[FRAME]), background[:, :3]), cam[: len(background), :3], atol=1e-5
    )
    assert sizes(once) < sizes(written) / 2
    assert json.loads((once / "visual.json").read_text())["background"] == "once"


def test_a_range_of_frames_and_some_folders_keep_the_frames_numbers(run: Run, tmp_path: Path) -> None:
    out = write_visual(run, tmp_path / "some", outputs=[VisualOutput.OCCUPANCY_NPY_CAM], frames=range(4, 9, 2))
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert found == ["occ_only_cam_npy/occ_0004.npy", "occ_only_cam_npy/occ_0006.npy", "occ_only_cam_npy/occ_0008.npy",
                     "visual.json"]  # fmt: skip
    manifest = json.loads((out / "visual.json").read_text())
    assert manifest["frames"] == {"first": 4, "last": 8, "step": 2}
    assert manifest["grid"]["shape"] == list(run.config.grid.shape)


def test_frames_that_see_nothing_have_empty_files(run: Run, tmp_path: Path) -> None:
    far_away = np.full((5, 3), 50.0, np.float32)
    unseen = occupancy_sequence(far_away, run.trajectory.world_from_cam, run.rays_cam(), run.config.grid)
    nothing = replace(run, occupancy=unseen)
    out = write_visual(nothing, tmp_path / "empty", frames=range(2))
    assert np.load(out / "occ_only_cam_npy" / "occ_0001.npy").shape == (0, 4)
    assert PlyData.read(out / "occ_only_cam_ply" / "occ_0001.ply")["vertex"].count == 0
    merged = np.load(out / "merge_npy_sequence_cam" / "frame_0001_cam.npy")
    assert set(merged[:, 3]) == {0, 1}


@pytest.mark.parametrize("background", list(Background))
def test_the_forecast_is_close(run: Run, tmp_path: Path, background: Background) -> None:
    out = write_visual(run, tmp_path / "v", background=background)
    forecast = forecast_visual(run, background=background)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert forecast.num_files == len(files)
    assert 0.9 < forecast.num_bytes / sum(path.stat().st_size for path in files) < 1.35


def test_too_much_for_the_disk_is_told_before_anything_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "free_bytes", lambda _path: 1000)
    with pytest.raises(OutputError, match=r"would take about .* in 73 files, but only 1.0 kB are free.*once"):
        write_visual(run, tmp_path / "v")
    assert list(tmp_path.iterdir()) == []


def test_cancel_in_the_middle_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    token = CancelToken()

    def stop_at_three(event: ProgressEvent) -> None:
        if event.done == 3:
            token.set()

    with pytest.raises(Cancelled):
        write_visual(run, tmp_path / "v", events=stop_at_three, cancel=token)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_refused_in_a_sentence(run: Run, written: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="frames 0 to 11; requested: 5 to 12"):
        write_visual(run, tmp_path / "v", frames=range(5, 13))
    with pytest.raises(ConfigError, match="No output"):
        write_visual(run, tmp_path / "v", outputs=[])
    with pytest.raises(OutputError, match="already exists"):
        write_visual(run, written)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note").write_text("mine")
    with pytest.raises(OutputError, match="is not a folder of the visual format"):
        write_visual(run, tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "note").read_text() == "mine"


def test_an_older_folder_is_replaced_as_a_whole(run: Run, tmp_path: Path) -> None:
    out = write_visual(run, tmp_path / "v", frames=range(2))
    write_visual(run, out, outputs=[VisualOutput.OCCUPANCY_PLY_CAM], frames=range(1), overwrite=True)
    assert sorted(path.name for path in out.iterdir()) == ["occ_only_cam_ply", "visual.json"]
