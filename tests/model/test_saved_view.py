from __future__ import annotations

import json

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.saved_view import SavedView, ViewPanel, saved_view_from_dict, views_from_text, views_to_text
from l3rocc_studio.model.view import CameraPose

POSE = CameraPose(
    position=(1.0, -2.0, 3.5), focal_point=(0.0, 0.25, 0.0), view_up=(0.0, 0.0, 1.0), clipping_range=(0.5, 80.0)
)
DOOR = SavedView(name="Tür zum Flur 门", pose=POSE, panel=ViewPanel.OCCUPANCY, thumbnail_png=b"\x89PNG")
BARE = {"position": [0, 0, 5], "focal_point": [0, 0, 0], "view_up": [0, 1, 0]}


def test_a_view_goes_through_json() -> None:
    values = json.loads(json.dumps(DOOR.to_dict(has_thumbnail=True)))
    assert saved_view_from_dict(values) == DOOR
    assert {"position", "focal_point", "view_up", "view_angle", "clipping_range"} <= set(values)
    assert "thumbnail" not in DOOR.to_dict()


@pytest.mark.parametrize("count", [1, 3])
def test_views_go_through_the_clipboard(count: int) -> None:
    views = [SavedView(name=f"View of {number}", pose=POSE) for number in range(count)]
    assert list(views_from_text(views_to_text(views))) == views


def test_a_script_needs_to_give_three_vectors_only() -> None:
    (view,) = views_from_text(json.dumps(BARE))
    assert view.pose.position == (0.0, 0.0, 5.0) and view.panel is ViewPanel.CLOUD and view.pose.clipping_range is None
    assert [item.name for item in views_from_text(json.dumps([BARE, BARE]))] == ["View 1", "View 2"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no text to paste"),
        ("hello\nworld", "not JSON: “hello world"),
        ("[" * 100_000, "not JSON"),
        ("{" + " " * 1_000_001, "too long"),
        ("[]", "holds no views"),
        ('{"views": []}', "holds no views"),
        ("3", "This is not a view"),
        ("null", "This is not a view"),
        ('"view"', "This is not a view"),
        (json.dumps({**BARE, "position": None}), "This is not a view"),
        (json.dumps({"position": [0, 0, 5], "view_up": [0, 1, 0]}), "'focal_point' is missing"),
        (json.dumps([BARE, {**BARE, "position": [1, 2]}]), "View 2: This is not a view"),
        (json.dumps({**BARE, "position": [float("nan"), 0, 0]}), "not finite"),
        (json.dumps({**BARE, "position": [1e300, 0, 0]}), "beyond"),
        (json.dumps({**BARE, "clipping_range": [1, float("inf")]}), "not finite"),
        (json.dumps({**BARE, "clipping_range": 7}), "This is not a view"),
        (json.dumps({**BARE, "clipping_range": [2, 1]}), "two increasing"),
        (json.dumps({**BARE, "focal_point": [0, 0, 5]}), "no direction"),
        (json.dumps({**BARE, "view_angle": 200}), "angle of view"),
        (json.dumps({**BARE, "view_angle": "wide"}), "This is not a view"),
        (json.dumps({**BARE, "panel": ["cloud"]}), "panel of a view"),
        (json.dumps({**BARE, "name": 7}), "must be text"),
        (json.dumps({**BARE, "name": "a\nb"}), "on one line"),
        (json.dumps({**BARE, "name": "n" * 1000}), "needs a name"),
        (json.dumps({**BARE, "thumbnail": "###"}), "not base64"),
    ],
)
def test_what_is_no_view_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        views_from_text(text)
