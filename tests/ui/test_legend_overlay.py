"""How much a legend says in panels of different sizes."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.looks import OccupancyLook
from l3rocc_studio.render.frame_counts import FrameCounts
from l3rocc_studio.ui.looks.legend import Legend, occupancy_legend
from l3rocc_studio.ui.looks.legend_overlay import Brevity, LegendOverlay
from l3rocc_studio.ui.theme import Theme

SMALL_PX = (350, 244)
"""The occupancy panel in a window of 1280×800."""


def _legend(*, has_all: bool) -> Legend:
    look = OccupancyLook(has_occluded=has_all, has_never_seen=has_all, has_free=has_all)
    counts = FrameCounts(visible=20_578, remembered=2_559, occluded=1_487_270, never_seen=2_845_528, free=646_624)
    return occupancy_legend(look, counts, depth_span=(1.05, 2.99), height_span=(0.0, 1.0), unit="units")


@pytest.mark.parametrize(
    ("size_px", "has_all", "brevity", "num_rows"),
    [
        (SMALL_PX, True, Brevity.ROWS, 5),
        (SMALL_PX, False, Brevity.SHOWN, 2),
        ((900, 600), True, Brevity.ALL, 5),
        ((300, 150), True, Brevity.SCALE, 0),
    ],
)
def test_every_layer_that_is_shown_has_its_name_where_there_is_room(
    theme: Theme, qtbot: QtBot, size_px: tuple[int, int], has_all: bool, brevity: Brevity, num_rows: int
) -> None:
    view = QWidget()
    qtbot.addWidget(view)
    view.resize(*size_px)
    overlay = LegendOverlay(theme, view)
    overlay.show_legend(_legend(has_all=has_all))
    assert overlay._brevity is brevity
    assert len(overlay._rows) == num_rows
    assert view.rect().contains(overlay.geometry())
