from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.geometry.zoom import ZoomTrack
from l3rocc_engine.interchange import ColmapForm, PointChoice, forecast_colmap, write_colmap
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from tests.engine.interchange.colmap_reader import read_model


def frame_of(name: str) -> int:
    return int(Path(name).stem.removeprefix("frame_"))


@pytest.mark.parametrize("form", list(ColmapForm))
def test_colmap_finds_the_same_camera_poses_points_and_tracks(
    tracked_run: Run, tmp_path: Path, form: ColmapForm
) -> None:
    found = read_model(write_colmap(tracked_run, tmp_path / "model", form=form))
    k = tracked_run.intrinsics
    numbers = [k.fx_px, k.fy_px, k.cx_px, k.cy_px]
    assert found.cameras == {1: ("PINHOLE", k.width_px, k.height_px, numbers)}
    assert [frame_of(image.name) for image in found.images.values()] == list(tracked_run.record.keyframes)
    for image in found.images.values():
        cam_from_world = invert(tracked_run.trajectory.world_from_cam[frame_of(image.name)])
        np.testing.assert_allclose(image.cam_from_world, cam_from_world[:3], atol=1e-12)
    assert tracked_run.tracks is not None
    tracks = tracked_run.tracks.seen_by(np.array(tracked_run.record.keyframes))
    np.testing.assert_array_equal([point.xyz for point in found.points.values()], tracks.points_world)
    lengths = [len(point.track) for point in found.points.values()]
    assert min(lengths) >= 2
    assert sum(lengths) == len(tracks.frame_idx)


def test_observations_and_errors_are_what_colmap_makes_of_them(tracked_run: Run, tmp_path: Path) -> None:
    found = read_model(write_colmap(tracked_run, tmp_path / "model"))
    for image_id, image in found.images.items():
        np.testing.assert_allclose(
            image.observed_px - image.projected_px, np.tile([0.5, 0.0], (len(image.observed_px), 1)), atol=1e-9
        )
        for place, point_id in enumerate(image.point_ids):
            assert (image_id, place) in found.points[point_id].track
    for point in found.points.values():
        assert point.stated_error_px == pytest.approx(0.5)
        assert point.stated_error_px == pytest.approx(point.computed_error_px)


@pytest.mark.parametrize("form", list(ColmapForm))
def test_a_run_without_tracks_brings_points_of_its_cloud(run: Run, tmp_path: Path, form: ColmapForm) -> None:
    found = read_model(write_colmap(run, tmp_path / "model", form=form, max_points=50))
    assert len(found.points) == 50
    for point in found.points.values():
        at = np.flatnonzero((run.cloud.points_world.astype(np.float64) == point.xyz).all(axis=1))
        assert any((run.cloud.colors[row] == point.color).all() for row in at)
        assert point.track == []


def test_under_a_zoom_every_picture_has_a_camera_of_its_own(tracked_run: Run, tmp_path: Path) -> None:
    k = tracked_run.intrinsics
    focal = np.linspace(60.0, 90.0, tracked_run.num_frames)
    numbers = np.stack([focal, focal, np.full_like(focal, k.cx_px), np.full_like(focal, k.cy_px)], axis=1)
    zoom = ZoomTrack(numbers=numbers, width_px=k.width_px, height_px=k.height_px)
    for form in ColmapForm:
        found = read_model(write_colmap(replace(tracked_run, zoom=zoom), tmp_path / form.value, form=form))
        for image in found.images.values():
            assert found.cameras[image.camera_id][3] == numbers[frame_of(image.name)].tolist()
        for point in found.points.values():
            assert point.stated_error_px == pytest.approx(point.computed_error_px)


def test_pictures_are_the_frames_and_have_the_camera_s_size(tracked_run: Run, tmp_path: Path) -> None:
    out = write_colmap(tracked_run, tmp_path / "model", images=True, frames=[1, 3])
    assert sorted(path.name for path in (out / "images").iterdir()) == ["frame_000001.jpg", "frame_000003.jpg"]
    assert {image.name for image in read_model(out).images.values()} == {"frame_000001.jpg", "frame_000003.jpg"}
    with Image.open(out / "images" / "frame_000003.jpg") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert pixels.shape == (64, 96, 3)
    assert np.abs(pixels - tracked_run.source.frame(3)).mean() < 3


def test_points_have_the_colour_of_the_pixels_that_saw_them(tracked_run: Run, tmp_path: Path) -> None:
    found = read_model(write_colmap(tracked_run, tmp_path / "model"))
    point = found.points[1]
    seen = []
    for image_id, place in point.track:
        x, y = found.images[image_id].observed_px[place]
        seen.append(tracked_run.source.frame(frame_of(found.images[image_id].name))[int(y), int(x)].astype(float))
    np.testing.assert_allclose(point.color, np.mean(seen, axis=0), atol=0.51)


def test_what_cannot_be_written_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no point tracks"):
        write_colmap(run, tmp_path / "model", points=PointChoice.TRACKS)
    with pytest.raises(ConfigError, match="requested: 5 to 99"):
        write_colmap(run, tmp_path / "model", frames=[5, 99])
    other = tmp_path / "mine"
    other.mkdir()
    (other / "note.txt").write_text("mine")
    with pytest.raises(OutputError, match="is not a COLMAP model"):
        write_colmap(run, other, overwrite=True)
    assert list(tmp_path.iterdir()) == [other]


def test_an_older_model_is_replaced_when_asked_to(run: Run, tmp_path: Path) -> None:
    out = write_colmap(run, tmp_path / "model", form=ColmapForm.TEXT)
    with pytest.raises(OutputError, match="already exists"):
        write_colmap(run, out)
    write_colmap(run, out, overwrite=True)
    assert sorted(path.suffix for path in (out / "sparse" / "0").iterdir()) == [".bin"] * 3


def test_the_forecast_is_an_upper_bound_of_the_right_order(tracked_run: Run, tmp_path: Path) -> None:
    for form in ColmapForm:
        out = write_colmap(tracked_run, tmp_path / form.value, form=form)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        assert size <= forecast_colmap(tracked_run, form=form).num_bytes <= 2 * size


def test_cancel_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        write_colmap(replace(run, tracks=None), tmp_path / "model", images=True, cancel=token)
    assert list(tmp_path.iterdir()) == []
