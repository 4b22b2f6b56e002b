from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.saved_view import SavedView, ViewPanel
from l3rocc_studio.model.saved_views import MAX_VIEWS, SavedViews
from l3rocc_studio.model.view import CameraPose

POSE = CameraPose(position=(0.0, 0.0, 5.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))


@pytest.fixture
def views() -> SavedViews:
    views = SavedViews(Edits())
    views.add([SavedView(name=name, pose=POSE) for name in "ABC"])
    return views


def names(views: SavedViews) -> str:
    return "".join(item.name for item in views.items)


def test_every_change_can_be_taken_back_and_done_again() -> None:
    edits = Edits()
    views = SavedViews(edits)
    heard: list[str] = []
    views.changed.connect(lambda: heard.append(names(views)))
    views.add([SavedView(name=name, pose=POSE) for name in "ABC"])
    views.move(2, 0)
    views.rename(0, "X")
    views.remove(1)
    assert heard == ["ABC", "CAB", "XAB", "XB"]
    for _ in range(4):
        edits.undo()
    assert names(views) == ""
    for _ in range(4):
        edits.redo()
    assert names(views) == "XB"
    assert edits.undo_label == "Delete the view “A”"


def test_moving_to_where_it_is_is_no_edit(views: SavedViews) -> None:
    heard: list[None] = []
    views.changed.connect(lambda: heard.append(None))
    views.move(2, 99)
    views.move(0, -5)
    views.rename(1, "B")
    assert names(views) == "ABC" and not heard


def test_a_thumbnail_is_no_edit() -> None:
    edits = Edits()
    views = SavedViews(edits)
    views.add([SavedView(name="A", pose=POSE)])
    views.set_thumbnail(0, b"png")
    assert views.items[0].thumbnail_png == b"png"
    edits.undo()
    assert views.items == ()


def test_a_new_view_gets_a_name_that_is_free(views: SavedViews) -> None:
    assert views.free_name() == "View 4"
    views.add([SavedView(name="View 5", pose=POSE)])
    assert views.free_name() == "View 6"


def test_there_is_an_end_to_it(views: SavedViews) -> None:
    with pytest.raises(InputError, match="At most"):
        views.add([SavedView(name="N", pose=POSE)] * MAX_VIEWS)
    with pytest.raises(InputError, match="needs a name"):
        views.rename(0, "  ")
    assert names(views) == "ABC"


def test_views_show_the_same_after_a_new_scale_and_back() -> None:
    views = SavedViews(Edits())
    inside = SavedView(name="inside", pose=replace(POSE, clipping_range=(1.0, 4.0)), panel=ViewPanel.OCCUPANCY)
    views.add([SavedView(name="world", pose=POSE), inside])
    sim3 = Sim3(scale=2.0, translation=np.array([1.0, 0.0, 0.0]))
    views.rescale(sim3)
    world, occupancy = views.items
    assert world.pose.position == (1.0, 0.0, 10.0) and world.pose.view_up == POSE.view_up
    assert occupancy.pose.position == (0.0, 0.0, 10.0) and occupancy.pose.clipping_range == (2.0, 8.0)
    views.rescale(sim3.inverse())
    assert views.items[0].pose == POSE
