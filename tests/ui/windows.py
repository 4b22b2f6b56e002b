"""How tests drive a window: drops, waits, and what is on the screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.job import JobKind
from l3rocc_studio.ui.studio import Studio
from tests.ui.fake_engine import FakeEngine

PATIENCE_MS = 20_000


def wait_settled(studio: Studio, qtbot: QtBot, timeout_ms: int = PATIENCE_MS) -> None:
    """Wait until everything that was asked for is on the screen."""
    qtbot.waitUntil(lambda: studio.is_settled, timeout=timeout_ms)


def open_video(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    """Open the engine's video."""
    with qtbot.waitSignal(studio.opener.opened, timeout=PATIENCE_MS):
        studio.opener.open(engine.video)
    wait_settled(studio, qtbot)


def process(studio: Studio, qtbot: QtBot) -> None:
    """Process what is open, to the end."""
    with qtbot.waitSignal(studio.processor.processed, timeout=PATIENCE_MS):
        studio.actions["process"].trigger()
    wait_settled(studio, qtbot)


def start_held(studio: Studio, engine: FakeEngine, qtbot: QtBot) -> None:
    """Start processing and wait until it hangs in its second stage."""
    engine.waits = True
    studio.actions["process"].trigger()
    qtbot.waitUntil(lambda: "depth" in studio.session.job(JobKind.PROCESS).stages, timeout=PATIENCE_MS)


def mime_of(*paths: Path) -> QMimeData:
    """What a file manager hands over."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag_over(target: QWidget, data: QMimeData) -> None:
    """Move a drag into a widget."""
    event = QDragEnterEvent(
        QPoint(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(target, event)
    assert event.isAccepted()


def may_drop(target: QWidget, data: QMimeData) -> bool:
    """Whether the cursor would say that a drag that is over a widget may be let go."""
    event = QDragMoveEvent(
        QPoint(30, 30), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.accept()  # as Qt does after the drag was let in
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def drop(target: QWidget, data: QMimeData) -> None:
    """Drag into a widget and let go."""
    drag_over(target, data)
    either = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(20, 20), either, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(target, event)
    assert event.dropAction() == Qt.DropAction.CopyAction, "a file manager would delete what was moved away"


def shown_picture(studio: Studio) -> NDArray[np.uint8]:
    """The video frame on screen, (H, W, 3)."""
    image = studio.window.rgb_panel.view.image
    assert image is not None
    bgra = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return bgra[:, : image.width(), 2::-1].copy()


def num_colors(widget: QWidget) -> int:
    """Different colours on a grid of points over a 3D view."""
    pixels = widget.grab().toImage()
    return len({pixels.pixel(x, y) for x in range(0, pixels.width(), 9) for y in range(0, pixels.height(), 9)})
