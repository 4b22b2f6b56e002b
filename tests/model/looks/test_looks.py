from __future__ import annotations

import json
from dataclasses import replace

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.looks import (
    Backdrop,
    BackdropKind,
    CloudColor,
    CloudFilter,
    CloudLook,
    DepthFrom,
    HiddenStyle,
    Looks,
    OccupancyLook,
    PaletteName,
    PanelLooks,
    VoxelColor,
    VoxelShape,
)
from l3rocc_studio.model.looks.panel_looks import panel_looks_from_dict

UNUSUAL = PanelLooks(
    cloud=CloudLook(
        color=CloudColor.DEPTH,
        depth_from=DepthFrom.START,
        palette=PaletteName.TURBO,
        filters=CloudFilter(min_confidence=0.4, max_edge=0.05, max_distance=6.5, min_height=-1.0, max_height=2.0),
        point_scale=2.0,
        hides_backs=False,
        has_keyframes=True,
        backdrop=Backdrop(kind=BackdropKind.CUSTOM, color="#102030"),
    ),
    occupancy=OccupancyLook(
        shape=VoxelShape.CUBES,
        color=VoxelColor.HEIGHT,
        palette=PaletteName.CIVIDIS,
        edge_strength=0.0,
        has_occluded=True,
        has_free=True,
        history_len=5,
        history_step=3,
        hidden_style=HiddenStyle.VEIL,
    ),
    edits_range=True,
)


def test_looks_come_back_through_json() -> None:
    for looks in (PanelLooks(), UNUSUAL):
        values = json.loads(json.dumps(looks.to_dict()))
        assert panel_looks_from_dict(values, origin="the project") == looks


def test_what_is_missing_is_as_usual() -> None:
    values = {"cloud": {"color": "height"}}
    assert panel_looks_from_dict(values, origin="x") == PanelLooks(cloud=CloudLook(color=CloudColor.HEIGHT))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"clouds": {}}, "unknown setting: clouds"),
        ({"cloud": 3}, "the project, cloud must hold names and values"),
        ({"cloud": {"color": "smell"}}, "one of rgb, height"),
        ({"cloud": {"point_scale": "big"}}, "must be a number"),
        ({"cloud": {"has_path": 1}}, "must be true or false"),
        ({"cloud": {"point_scale": 99.0}}, "from 0.25 to 4"),
        ({"cloud": {"filters": {"min_confidence": 2}}}, "from 0 to 1"),
        ({"cloud": {"filters": {"max_edge": -1.0}}}, "0 or more"),
        ({"cloud": {"filters": {"min_height": float("nan")}}}, "finite"),
        ({"cloud": {"backdrop": {"color": "red"}}}, "#1b1f27"),
        ({"occupancy": {"history_len": True}}, "must be a whole number"),
        ({"occupancy": {"history_len": -1}}, "0 to 200"),
        ({"occupancy": {"history_step": 0}}, "1 to 200"),
        ({"occupancy": {"edge_strength": 1.5}}, "from 0 to 1"),
    ],
)
def test_what_makes_no_sense_is_named(values, words) -> None:
    with pytest.raises(InputError, match=words):
        panel_looks_from_dict(values, origin="the project")


def test_layers_have_the_names_of_the_engine() -> None:
    assert OccupancyLook().hidden_layers == ()
    look = OccupancyLook(has_occluded=True, has_never_seen=True, has_free=True)
    assert look.hidden_layers == ("occluded", "out_of_view", "free")


def test_only_depths_from_the_current_camera_change_with_the_frame() -> None:
    assert CloudLook(color=CloudColor.DEPTH).depends_on_frame
    assert not CloudLook(color=CloudColor.DEPTH, depth_from=DepthFrom.START).depends_on_frame
    assert not CloudLook(color=CloudColor.HEIGHT).depends_on_frame


def test_a_change_is_told_and_can_be_taken_back() -> None:
    edits = Edits()
    looks = Looks(edits)
    told: list[CloudColor] = []
    looks.changed.connect(lambda: told.append(looks.cloud.color))
    looks.change_cloud(replace(looks.cloud, color=CloudColor.TIME), "Colours by time")
    looks.change_cloud(looks.cloud, "nothing")
    assert edits.undo_label == "Colours by time"
    edits.undo()
    edits.redo()
    assert told == [CloudColor.TIME, CloudColor.RGB, CloudColor.TIME]


def test_one_drag_is_one_change_and_the_next_drag_another() -> None:
    edits = Edits()
    looks = Looks(edits)
    for scales in ((1.1, 1.2, 1.5), (1.6, 2.0)):
        looks.begin_adjusting()
        for scale in scales:
            looks.change_cloud(replace(looks.cloud, point_scale=scale), "Point size", merges_with="point_scale")
        looks.end_adjusting()
    edits.undo()
    assert looks.cloud.point_scale == 1.5
    edits.undo()
    assert looks.cloud.point_scale == 1.0


def test_setting_leaves_nothing_to_take_back() -> None:
    edits = Edits()
    looks = Looks(edits)
    looks.set(UNUSUAL)
    assert looks.value == UNUSUAL
    assert edits.undo_label == ""
