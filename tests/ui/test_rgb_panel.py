from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from l3rocc_studio.ui.panels.rgb_panel import ImageView, image_from_rgb


def test_pixels_keep_their_colours_for_odd_widths() -> None:
    rgb = np.zeros((3, 5, 3), dtype=np.uint8)
    rgb[1, 4] = (200, 100, 50)
    image = image_from_rgb(rgb)
    rgb[:] = 255
    assert image.pixelColor(4, 1).getRgb()[:3] == (200, 100, 50)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)


def test_the_picture_is_fitted_without_distortion(qtbot: QtBot) -> None:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.set_image(image_from_rgb(np.full((100, 200, 3), 255, dtype=np.uint8)))
    rect = view.target_rect()
    assert (rect.x(), rect.y(), rect.width(), rect.height()) == (0, 100, 400, 200)
    painted = view.grab().toImage()
    assert painted.pixelColor(200, 200).name() == "#ffffff"
    assert painted.pixelColor(200, 50).name() == "#14171d"
