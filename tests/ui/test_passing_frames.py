from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from l3rocc_studio.render import prepared_frame, voxel_surface
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.frame_voxels import FrameVoxels
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, wait_settled


@pytest.fixture
def panel(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> OccupancyPanel:
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    wait_settled(studio, qtbot)
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    wait_settled(studio, qtbot)
    made = studio.window.occupancy_panel
    qtbot.waitUntil(lambda: not made.is_coarse, timeout=PATIENCE_MS)  # the first frame came to rest
    return made


def scene_of(panel: OccupancyPanel) -> OccupancyScene:
    assert panel.scene is not None
    return panel.scene


def is_rough(panel: OccupancyPanel) -> bool:
    counts = scene_of(panel).counts
    assert counts is not None
    return counts.is_rough


@pytest.fixture
def shown(studio: Studio, panel: OccupancyPanel) -> list[tuple[int, bool]]:
    """Frames that were on the screen, and whether roughly."""
    found: list[tuple[int, bool]] = []
    studio.presenter.shown.connect(lambda frame_idx: found.append((frame_idx, scene_of(panel).detail is Detail.COARSE)))
    return found


def test_where_full_frames_take_long_a_rough_one_comes_first(
    studio: Studio, panel: OccupancyPanel, shown: list[tuple[int, bool]], qtbot: QtBot
) -> None:
    panel.note_preparation(10.0)
    assert not panel.is_coarse, "the frame that stays is in full"
    studio.session.timeline.seek(5)
    assert panel.is_coarse
    wait_settled(studio, qtbot)
    assert shown == [(5, True), (5, False)]
    assert not is_rough(panel)


def test_a_playhead_that_is_held_still_shows_everything(
    studio: Studio, panel: OccupancyPanel, shown: list[tuple[int, bool]], qtbot: QtBot
) -> None:
    timeline = studio.session.timeline
    timeline.begin_scrub()
    assert not panel.is_coarse, "nothing passes by yet"
    timeline.seek(4)
    wait_settled(studio, qtbot)
    assert timeline.is_scrubbing
    assert shown == [(4, True), (4, False)]
    timeline.seek(9)
    assert panel.is_coarse
    timeline.end_scrub()
    assert not panel.is_coarse, "letting go is resting"
    wait_settled(studio, qtbot)
    assert shown[-1] == (9, False)


def test_a_frame_that_passes_by_waits_for_no_full_one(
    studio: Studio,
    panel: OccupancyPanel,
    shown: list[tuple[int, bool]],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    gate, made = threading.Event(), threading.Event()
    make: Callable[..., FrameVoxels] = prepared_frame.prepare_voxels_of

    def make_later(run: object, frame_idx: int, style: prepared_frame.VoxelStyle) -> FrameVoxels:
        if style.detail is Detail.FULL:
            made.set()
            gate.wait(PATIENCE_MS / 1e3)
        return make(run, frame_idx, style)

    monkeypatch.setattr(prepared_frame, "prepare_voxels_of", make_later)
    monkeypatch.setattr(voxel_surface, "COARSE_VOXELS", 1)
    panel.note_preparation(10.0)
    studio.session.timeline.seek(10)
    qtbot.waitUntil(lambda: shown == [(10, True), (10, False)] and made.is_set(), timeout=PATIENCE_MS)
    assert is_rough(panel), "what stays is painted before its mesh is there"
    assert not studio.is_settled
    studio.session.timeline.seek(2)
    qtbot.waitUntil(lambda: shown[2:] == [(2, True), (2, False)], timeout=PATIENCE_MS)
    assert scene_of(panel).mesh_style is not None
    gate.set()
    wait_settled(studio, qtbot)
    assert len(shown) == 4, "meshes change nothing that is seen"
    assert not is_rough(panel)


def test_many_voxels_pass_by_roughly_before_anything_was_timed(
    studio: Studio, panel: OccupancyPanel, shown: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(voxel_surface, "COARSE_VOXELS", 1)
    assert panel.is_slow
    studio.session.timeline.seek(7)
    wait_settled(studio, qtbot)
    assert shown == [(7, True), (7, False)]


def test_a_frame_that_is_painted_can_be_turned(
    studio: Studio, panel: OccupancyPanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(voxel_surface, "COARSE_VOXELS", 1)
    studio.session.timeline.seek(6)
    wait_settled(studio, qtbot)
    scene = scene_of(panel)
    assert scene.sketch is not None and scene.mesh_style is None
    before = scene.camera_pose()
    studio.actions["occupancy_top"].trigger()
    wait_settled(studio, qtbot)
    assert scene.camera_pose() != before
    assert scene.sketch is not None and scene.sketch.canvas is scene.canvas, "painted anew for the other view"
    assert not is_rough(panel)


def test_a_cloud_without_voxels_is_whole_again_while_frames_pass_by(studio: Studio, panel: OccupancyPanel) -> None:
    cloud, actions = studio.window.cloud_panel, studio.actions
    assert not panel.is_growing
    cloud._full_render_s = 10.0
    cloud.set_hurried(True)
    actions["world_voxels"].trigger()
    scene = cloud.scene
    assert scene is not None
    assert cloud.is_coarse and not scene.renderer.GetUseFXAA()
    actions["world_voxels"].trigger()
    assert not cloud.is_coarse and scene.renderer.GetUseFXAA()
    cloud.set_hurried(False)
