from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from l3rocc_engine.dataset.video import write_video
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.sample import sample_video_path
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.services.log_tail import keep_log_tail
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui.export.export_dialog import ExportDialog
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.theme import Theme
from tests.ui.conftest import close
from tests.ui.windows import drop, mime_of, num_colors, shown_picture, wait_settled

NUM_FRAMES = 30
LONG_MS = 280_000
SHORT_MS = 60_000


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """The beginning of the bundled sample, at half size."""
    source = open_source(sample_video_path())
    path = tmp_path / "clip.mp4"
    width, height = source.size_px
    frames = ((index, np.ascontiguousarray(image[::2, ::2])) for index, image in source.frames(range(NUM_FRAMES)))
    write_video(path, frames, size_px=(width // 2, height // 2), fps=round(source.fps))
    source.close()
    return path


@pytest.fixture
def studio(tmp_path: Path, theme: Theme, qtbot: QtBot) -> Iterator[Studio]:
    made = Studio(Workspace(root=tmp_path / "home"), theme, keep_log_tail())
    with qtbot.waitSignal(made.ready, timeout=SHORT_MS):
        made.show()
    yield made
    close(made, qtbot)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_drop_process_scrub_export_reopen(studio: Studio, clip: Path, tmp_path: Path, qtbot: QtBot) -> None:
    window = studio.window
    with qtbot.waitSignal(studio.opener.opened, timeout=SHORT_MS):
        drop(window, mime_of(clip))
    process(studio, qtbot)
    scrub(studio, clip, qtbot)
    for profile in ("lerobot", "interndata"):
        export(studio, f"export_{profile}", tmp_path / profile, qtbot)
        check_dataset(tmp_path / profile)
    export(studio, "export_film", tmp_path / "film.mp4", qtbot)
    assert count_pictures(tmp_path / "film.mp4") == NUM_FRAMES
    points = studio.session.run.cloud.num_points if studio.session.run else 0
    with qtbot.waitSignal(studio.opener.opened, timeout=SHORT_MS):
        drop(window, mime_of(tmp_path / "interndata"))
    wait_settled(studio, qtbot, SHORT_MS)
    assert studio.session.run is not None
    assert studio.session.run.cloud.num_points == points
    assert num_colors(window.cloud_panel) > 40


def export(studio: Studio, action: str, out: Path, qtbot: QtBot) -> None:
    """Through the dialog, with the path typed in."""
    studio.actions[action].trigger()
    dialog = studio.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.path.setText(str(out))
    dialog.path.textEdited.emit(str(out))
    with qtbot.waitSignal(studio.exporter.exported, timeout=LONG_MS):
        dialog.export_button.click()
    qtbot.waitUntil(lambda: studio.window.findChild(ExportDialog) is None, timeout=SHORT_MS)


def process(studio: Studio, qtbot: QtBot) -> None:
    """Click Process and wait for the panels."""
    panel = studio.window.process_panel
    seen: set[str] = set()
    studio.session.job_changed.connect(lambda _kind: seen.update(studio.session.job(JobKind.PROCESS).stages))
    qtbot.mouseClick(panel.process_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.cancel_button.isVisible, timeout=SHORT_MS)
    qtbot.waitUntil(lambda: not studio.session.active_jobs, timeout=LONG_MS)
    assert studio.error_dialog is None, studio.error_dialog.message.text()
    wait_settled(studio, qtbot, SHORT_MS)
    assert seen >= {"depth", "cloud", "occupancy"}
    for scene_panel in studio.window.scene_panels:
        assert num_colors(scene_panel) > 40


def scrub(studio: Studio, clip: Path, qtbot: QtBot) -> None:
    """Drag the playhead; the panels end on the frame it is left on."""
    track = studio.window.timeline_bar.track
    shown: list[int] = []
    studio.presenter.shown.connect(shown.append)
    middle = 50
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.scale.x_of(2)), middle))
    for frame_idx in range(3, 21):
        qtbot.mouseMove(track, QPoint(round(track.scale.x_of(frame_idx)), middle))
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.scale.x_of(20)), middle))
    wait_settled(studio, qtbot, SHORT_MS)
    assert shown[-1] == studio.session.timeline.current == 20
    source = open_source(clip)
    assert np.array_equal(shown_picture(studio), source.frame(20))
    source.close()


def check_dataset(folder: Path) -> None:
    """Read a dataset with nothing of ours."""
    info = json.loads((folder / "meta" / "info.json").read_text(encoding="utf-8"))
    assert info["codebase_version"] == "v2.1"
    assert info["total_frames"] == NUM_FRAMES
    table = pq.read_table(folder / "data" / "chunk-000" / "episode_000000.parquet")
    assert table.num_rows == NUM_FRAMES
    assert table["frame_index"].to_pylist() == list(range(NUM_FRAMES))
    videos = sorted((folder / "videos").rglob("*.mp4"))
    assert videos
    for video in videos:
        assert count_pictures(video) == NUM_FRAMES
    occupied = [path for path in folder.rglob("*.npz") if "occ_sequence" in path.name]
    assert len(occupied) == 1
    with np.load(occupied[0], allow_pickle=False) as arrays:
        assert int(np.prod(arrays["shape"])) % NUM_FRAMES == 0
        assert len(arrays["indices"]) > 1000


def count_pictures(path: Path) -> int:
    """Pictures that a decoder finds in a video."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))
