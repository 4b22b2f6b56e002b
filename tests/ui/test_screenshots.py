from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.screenshots.dialog import ShotSpec, Subject
from l3rocc_studio.ui.screenshots.feature import Screenshots
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine
from tests.ui.windows import PATIENCE_MS, num_colors, open_video, process, wait_settled


@pytest.fixture
def shots(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> Iterator[Screenshots]:
    open_video(studio, engine, qtbot)
    process(studio, qtbot)
    yield next(feature for feature in studio.features if isinstance(feature, Screenshots))
    wait_settled(studio, qtbot)
    assert num_colors(studio.window.cloud_panel) > 20, "the panels go on drawing"


def pixels(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 4) RGBA."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width()].copy()


def test_pictures_have_the_size_that_was_asked_for_and_are_drawn_at_it(shots: Screenshots, studio: Studio) -> None:
    cloud, occupancy = studio.window.scene_panels
    for subject, panel in ((Subject.CLOUD, cloud), (Subject.OCCUPANCY, occupancy)):
        assert panel.view is not None
        width, height = panel.view.size_px
        taken = {scale: shots.take(ShotSpec(subject=subject, scale=scale)) for scale in (1, 2, 4)}
        for scale, picture in taken.items():
            assert picture is not None and (picture.width(), picture.height()) == (scale * width, scale * height)
        once, twice = pixels(taken[1])[..., :3].astype(int), pixels(taken[2])[..., :3].astype(int)
        assert (pixels(taken[2])[..., 3] == 255).all()
        brought_down = twice[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3).mean(axis=(1, 3))
        assert np.abs(brought_down - once).mean() < 12, "the same picture"
        stretched = once.repeat(2, axis=0).repeat(2, axis=1)
        assert (np.abs(twice - stretched).max(axis=-1) > 16).mean() > 0.01, "with detail of its own"


def test_a_transparent_picture_has_nothing_behind_the_scene(shots: Screenshots, studio: Studio) -> None:
    picture = shots.take(ShotSpec(subject=Subject.CLOUD, scale=2, is_transparent=True))
    assert picture is not None
    alpha = pixels(picture)[..., 3]
    assert (alpha == 0).mean() > 0.1 and (alpha == 255).mean() > 0.1
    row = shots.take(ShotSpec(subject=Subject.PANELS, scale=1, is_transparent=True))
    assert row is not None
    assert (pixels(row)[..., 3] == 0).mean() > 0.05
    opaque = shots.take(ShotSpec(subject=Subject.PANELS, scale=1))
    assert opaque is not None and (pixels(opaque)[..., 3] == 255).all() and opaque.size() == row.size()


def test_the_window_and_the_video_are_drawn_larger_too(shots: Screenshots, studio: Studio) -> None:
    window = studio.window
    picture = shots.take(ShotSpec(subject=Subject.WINDOW, scale=2))
    assert picture is not None
    assert (picture.width(), picture.height()) == (2 * window.width(), 2 * window.height())
    view = window.cloud_panel.view
    assert view is not None
    corner = view.mapTo(window, view.rect().topLeft())
    part = pixels(picture)[2 * corner.y() :, 2 * corner.x() :][: 2 * view.height(), : 2 * view.width(), :3]
    assert len(np.unique(part.reshape(-1, 3), axis=0)) > 500, "the scene is on it"
    video = shots.take(ShotSpec(subject=Subject.VIDEO, scale=4))
    shown = window.rgb_panel.view.target_rect()
    assert video is not None and video.width() == pytest.approx(4 * shown.width(), abs=8)


def test_pictures_go_to_files_and_to_the_clipboard(
    shots: Screenshots, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    spec = ShotSpec(subject=Subject.OCCUPANCY, scale=2, is_transparent=True)
    studio.actions["screenshot"].trigger()
    dialog = shots.dialog
    assert dialog is not None
    dialog.subject.setCurrentIndex(dialog.subject.findData(Subject.WINDOW))
    assert not dialog.transparent.isEnabled() and "no background" in dialog.transparent.toolTip()
    size = studio.window.size()
    assert f"{4 * size.width()} × {4 * size.height()}" in dialog.scale.itemText(2)
    shots.save(spec, tmp_path / "picture.png")
    qtbot.waitUntil(lambda: "Saved" in studio.window.status_text, timeout=PATIENCE_MS)
    written = QImage(str(tmp_path / "picture.png"))
    view = studio.window.occupancy_panel.view
    assert view is not None and (written.width(), written.height()) == tuple(2 * side for side in view.size_px)
    assert written.hasAlphaChannel()
    assert studio.settings.folder("screenshots") == str(tmp_path)
    shots.copy(spec)
    copied = QGuiApplication.clipboard().image()
    assert copied.size() == written.size()
    shots.save(spec, tmp_path / "missing" / "picture.png")
    qtbot.waitUntil(lambda: studio.error_dialog is not None, timeout=PATIENCE_MS)
    assert "cannot be written" in studio.error_dialog.message.text()
    dialog.reject()
    assert shots.dialog is None
