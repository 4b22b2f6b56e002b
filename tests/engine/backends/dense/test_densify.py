from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from l3rocc_engine.backends.dense import DenseResult, DenseSettings, densify
from l3rocc_engine.errors import Cancelled, ReconstructionError
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, ProgressEvent, no_events
from l3rocc_engine.reconstruction import PointMap
from tests.engine.backends.dense.scene import perfect_sparse, repainted, small_clip
from tests.engine.backends.textured_room import walk
from tests.synthetic.picture_source import PictureSource

KEYFRAMES = 7
FAST = DenseSettings(num_planes=64)


class Clip:
    """The room, what is true about it, and what was found."""

    def __init__(self) -> None:
        self.poses = walk(KEYFRAMES)
        self.source, self.depths = small_clip(self.poses)
        self.sparse = perfect_sparse(self.poses, self.depths)
        self.events: list[ProgressEvent] = []
        self.streamed: list[PointMap] = []
        self.stages_when_streamed: list[str] = []
        self.result = self.run(self.source)

    def run(self, source: PictureSource, settings: DenseSettings = FAST) -> DenseResult:
        def keep(point_map: PointMap, trajectory: Trajectory) -> None:
            assert trajectory.num_frames == KEYFRAMES
            self.streamed.append(point_map)
            self.stages_when_streamed.append(self.events[-1].stage)

        return densify(
            source,
            self.sparse,
            events=self.events.append,
            cancel=CancelToken(),
            on_point_map=keep,
            settings=settings,
        )

    def ratios(self, least: float, most: float = 1.0) -> np.ndarray:
        """Found over true depth of all pixels whose confidence lies in the range."""
        parts = []
        for point_map, depth in zip(self.result.point_maps, self.depths, strict=True):
            chosen = (point_map.confidence >= least) & (point_map.confidence <= most)
            parts.append(point_map.points_cam[..., 2][chosen] / depth[chosen])
        return np.concatenate(parts)


@pytest.fixture(scope="module")
def clip() -> Iterator[Clip]:
    yield Clip()


def test_depth_of_a_textured_room_is_right(clip: Clip) -> None:
    ratios = clip.ratios(0.1)
    assert len(ratios) / clip.depths.size > 0.8
    assert np.abs(ratios - 1).mean() < 0.02
    assert (np.maximum(ratios, 1 / ratios) < 1.25).mean() > 0.98
    assert np.median(np.abs(ratios - 1)) < 0.005


def test_depth_is_not_biased(clip: Clip) -> None:
    assert abs(np.median(clip.ratios(0.5)) - 1) < 0.001  # half a pixel of confusion would show here


def test_higher_confidence_means_smaller_errors(clip: Clip) -> None:
    sure, unsure = np.abs(clip.ratios(0.9) - 1), np.abs(clip.ratios(0.5, 0.8) - 1)
    assert np.quantile(sure, 0.9) < np.quantile(unsure, 0.9)


def test_points_are_nan_exactly_where_confidence_is_zero(clip: Clip) -> None:
    for point_map in clip.result.point_maps:
        assert point_map.confidence.dtype == np.float32
        assert point_map.points_cam.dtype == np.float32
        np.testing.assert_array_equal(np.isnan(point_map.points_cam).all(axis=-1), point_map.confidence == 0)
        assert point_map.confidence.max() <= 1.0


def test_points_lie_on_the_rays_of_their_pixels(clip: Clip) -> None:
    point_map = clip.result.point_maps[4]
    known = point_map.confidence > 0
    rays = clip.sparse.intrinsics.rays_cam()[known]
    points = point_map.points_cam[known]
    np.testing.assert_allclose(points / points[:, 2:], rays, atol=1e-5)


def test_progress_and_point_maps_are_reported(clip: Clip) -> None:
    stages = list(dict.fromkeys(event.stage for event in clip.events))
    assert stages == ["depth", "consistency", "fill"]
    for stage in stages:
        last = [event for event in clip.events if event.stage == stage][-1]
        assert last.done == last.total


def test_early_depth_comes_while_pictures_are_matched_and_is_about_right(clip: Clip) -> None:
    frames = [point_map.frame_idx for point_map in clip.streamed[: 2 * KEYFRAMES]]
    assert sorted(frames[:KEYFRAMES]) == frames[KEYFRAMES:] == list(range(KEYFRAMES))
    assert set(clip.stages_when_streamed[:KEYFRAMES]) == {"depth"}
    for point_map in clip.streamed[:KEYFRAMES]:
        sure = point_map.confidence > 0
        ratios = point_map.points_cam[..., 2][sure] / clip.depths[point_map.frame_idx][sure]
        assert sure.mean() > 0.4
        assert np.median(np.abs(ratios - 1)) < 0.02


def test_who_looks_on_changes_nothing(clip: Clip) -> None:
    unseen = densify(clip.source, clip.sparse, events=no_events, cancel=CancelToken(), settings=FAST)
    for a, b in zip(unseen.point_maps, clip.result.point_maps, strict=True):
        np.testing.assert_array_equal(a.points_cam, b.points_cam)
        np.testing.assert_array_equal(a.confidence, b.confidence)


def test_measures_add_up(clip: Clip) -> None:
    measures = clip.result.measures
    density = np.mean([(point_map.confidence > 0).mean() for point_map in clip.result.point_maps])
    assert measures["depth_measured_share"] + measures["depth_filled_share"] == pytest.approx(density, abs=1e-6)
    assert not clip.result.notes


def test_what_moves_by_itself_gets_no_depth(clip: Clip) -> None:
    """A textured patch that jumps about at random has no depth that all views agree on."""
    rng = np.random.default_rng(5)
    shape = clip.depths.shape
    paint, colors = np.zeros(shape, bool), np.zeros((*shape, 3), np.uint8)
    texture = rng.integers(0, 255, (48, 48, 3)).astype(np.uint8)
    for k in range(shape[0]):
        top, left = rng.integers(0, shape[1] - 48), rng.integers(0, shape[2] - 48)
        paint[k, top : top + 48, left : left + 48] = True
        colors[k, top : top + 48, left : left + 48] = texture
    moving = clip.run(repainted(clip.source, paint, colors))
    inner = np.stack([_shrunk(mask, 8) for mask in paint])
    found = np.stack([point_map.confidence > 0.1 for point_map in moving.point_maps])
    assert found[inner].mean() < 0.1
    assert found[~paint].mean() > 0.6


def test_sky_without_texture_gets_no_depth(clip: Clip) -> None:
    """The upper third becomes one even colour, which every depth explains equally well."""
    paint = np.zeros(clip.depths.shape, bool)
    third = clip.depths.shape[1] // 3
    paint[:, :third] = True
    sky = clip.run(repainted(clip.source, paint, np.full((*clip.depths.shape, 3), 230, np.uint8)))
    found = np.stack([point_map.confidence for point_map in sky.point_maps])
    assert (found[:, : third - 10] > 0.1).mean() < 0.05


def test_the_same_input_gives_the_same_result(clip: Clip) -> None:
    small = DenseSettings(num_planes=24, max_pixels=120 * 90)
    first, second = clip.run(clip.source, small), clip.run(clip.source, small)
    for a, b in zip(first.point_maps, second.point_maps, strict=True):
        np.testing.assert_array_equal(a.points_cam, b.points_cam)
        np.testing.assert_array_equal(a.confidence, b.confidence)


def test_costs_that_do_not_fit_in_memory_are_computed_again(clip: Clip) -> None:
    kept = DenseSettings(num_planes=24, max_pixels=120 * 90)
    dropped = DenseSettings(num_planes=24, max_pixels=120 * 90, volume_budget_bytes=0)
    for a, b in zip(clip.run(clip.source, kept).point_maps, clip.run(clip.source, dropped).point_maps, strict=True):
        np.testing.assert_array_equal(a.points_cam, b.points_cam)


def test_cancel_stops(clip: Clip) -> None:
    cancel = CancelToken()

    def stop(event: ProgressEvent) -> None:
        if event.done >= 1:  # several may end between two events
            cancel.set()

    with pytest.raises(Cancelled):
        densify(clip.source, clip.sparse, events=stop, cancel=cancel, settings=FAST)


def test_a_model_without_points_is_refused(clip: Clip) -> None:
    empty = type(clip.sparse)(
        key_frames=clip.sparse.key_frames,
        world_from_cam=clip.sparse.world_from_cam,
        intrinsics=clip.sparse.intrinsics,
        points_world=np.zeros((0, 3)),
        observations=tuple(np.zeros(0, np.int64) for _ in range(KEYFRAMES)),
        reprojection_error_px=0.0,
    )
    with pytest.raises(ReconstructionError, match="Hardly any points"):
        densify(clip.source, empty, events=no_events, cancel=CancelToken())


def _shrunk(mask: np.ndarray, by: int) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    inner = np.zeros_like(mask)
    inner[rows[0] + by : rows[-1] - by, columns[0] + by : columns[-1] - by] = True
    return inner
