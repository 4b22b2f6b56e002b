from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.inspection import Axes, open_inspected
from l3rocc_engine.run import Run
from l3rocc_engine.visual import write_visual
from l3rocc_engine.visual.layout import Background


@pytest.mark.parametrize("folder", ["merge_npy_sequence_cam", "merge_npy_sequence_world", "occ_only_cam_npy"])
def test_a_folder_of_the_visual_format_is_a_sequence(run: Run, visual: Path, folder: str) -> None:
    opened = open_inspected(visual / folder)
    assert opened.num_frames == run.num_frames
    assert opened.axes is (Axes.WORLD if "world" in folder else Axes.CAMERA)
    assert opened.up == (run.world_up if "world" in folder else (0.0, -1.0, 0.0))
    points = opened.frame(7)
    table = np.load(sorted((visual / folder).iterdir())[7])
    np.testing.assert_array_equal(points.points, table[:, :3])
    assert points.labels is not None
    np.testing.assert_array_equal(points.labels, table[:, -1])
    np.testing.assert_array_equal(points.is_voxel(), table[:, -1] == 2)
    assert points.lattice is not None
    offset = (points.points[points.is_voxel()] - points.lattice.origin) / points.lattice.cell_size
    np.testing.assert_allclose(offset % 1.0, 0.5, atol=1e-3)
    assert opened.frame_name(7) in {path.name for path in (visual / folder).iterdir()}


def test_frames_without_leading_zeros_are_in_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 9, 2, 100):
        np.save(tmp_path / f"occ_{number}.npy", np.full((1, 3), number, np.float32))
    opened = open_inspected(tmp_path)
    assert [int(opened.frame(i).points[0, 0]) for i in range(4)] == [2, 9, 10, 100]


def test_of_a_run_s_folder_the_files_are_named(dataset: Path) -> None:
    with pytest.raises(InputError, match=r"all_occ\.npz.*occ_sequence\.npz"):
        open_inspected(dataset)


def test_frames_of_a_folder_are_called_by_the_numbers_of_their_files(run: Run, tmp_path: Path) -> None:
    folder = write_visual(run, tmp_path / "visual", frames=range(1, run.num_frames, 4)) / "merge_npy_sequence_cam"
    opened = open_inspected(folder)
    assert opened.frame_name(opened.frame_of(5)) == "frame_0005_cam.npy"
    with pytest.raises(InputError, match="has no frame 2; it has the frames 1 to 9 in steps of 4"):
        opened.frame_of(2)
    (folder / "frame_0005_cam.npy").rename(folder / "frame_0006_cam.npy")
    with pytest.raises(InputError, match="has no frame 5; it has 3 frames from 1 to 9"):
        open_inspected(folder).frame_of(5)
    (folder / "frame_0006_cam.npy").rename(folder / "frame_0001_cam_2.npy")
    assert open_inspected(folder).frame_of(2) == 2, "where the names do not say, they are counted"
    single = open_inspected(folder / "frame_0009_cam.npy")
    assert single.frame_of(0) == 0
    with pytest.raises(InputError, match="single moment"):
        single.frame_of(9)


def test_the_folder_above_a_visual_format_names_what_is_in_it(visual: Path) -> None:
    for folder, prefix in ((visual, ""), (visual.parent, "visual/")):
        with pytest.raises(InputError) as told:
            open_inspected(folder)
        assert f"Give one of the folders in it: {prefix}merge_npy_sequence_cam, " in told.value.hint
        assert ".npy" not in told.value.hint


def test_frames_without_their_background_say_where_it_is(run: Run, tmp_path: Path) -> None:
    folder = write_visual(run, tmp_path / "visual", frames=range(2), background=Background.ONCE)
    (note,) = open_inspected(folder / "merge_npy_sequence_world").notes
    assert "background_world.npy" in note
    assert open_inspected(folder / "occ_only_cam_npy").notes == ()
