from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.saved_view import SavedView, ViewPanel
from l3rocc_studio.model.saved_views import SavedViews
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframes import ViewKeyframes

GROWN = Sim3(scale=2.0, translation=np.array([1.0, 0.0, 0.0]))


def pose(distance: float) -> CameraPose:
    return CameraPose(position=(0.0, 0.0, distance), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))


def test_saved_views_that_are_taken_back_show_the_same_in_a_scene_of_another_scale() -> None:
    edits = Edits()
    views = SavedViews(edits)
    views.add([SavedView(name="first", pose=pose(3.0), panel=ViewPanel.CLOUD)])
    views.add([SavedView(name="second", pose=pose(4.0), panel=ViewPanel.CLOUD)])
    views.rescale(GROWN)
    edits.undo()
    assert [view.name for view in views.items] == ["first"]
    assert views.items[0].pose.position == pytest.approx((1.0, 0.0, 6.0))
    edits.redo()
    assert views.items[1].pose.position == pytest.approx((1.0, 0.0, 8.0))
    views.rescale(GROWN.inverse())
    edits.undo()
    assert views.items[0].pose.position == pytest.approx((0.0, 0.0, 3.0))


def test_so_do_views_along_the_timeline() -> None:
    edits = Edits()
    path = ViewKeyframes(edits)
    path.put(5, pose(3.0))
    path.put(2, pose(4.0))
    path.rescale(GROWN)
    edits.undo()
    (keyframe,) = path.items
    assert isinstance(keyframe.view, CameraPose)
    assert keyframe.view.position == pytest.approx((1.0, 0.0, 6.0))
    edits.redo()
    assert path.frames == [2, 5]
