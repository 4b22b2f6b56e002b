from __future__ import annotations

import json

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_studio.model.looks import CloudColor, CloudFilter, CloudLook, PanelLooks
from l3rocc_studio.model.looks.look_presets import LOOK_PRESETS
from l3rocc_studio.model.presets import Preset, Presets, presets_from_dict
from l3rocc_studio.model.setting_presets import SETTING_PRESETS


def test_the_defaults_are_balanced_and_every_preset_works_with_them() -> None:
    presets = Presets(SETTING_PRESETS)
    fitting = presets.fitting(PipelineConfig())
    assert fitting is not None and fitting.name == "Balanced"
    for preset in presets.all:
        assert preset.fits(preset.applied(PipelineConfig()))
    assert presets.fitting(PipelineConfig(interval=7)) is None


def test_own_presets_are_saved_replaced_and_removed() -> None:
    presets = Presets(SETTING_PRESETS)
    heard: list[int] = []
    presets.changed.connect(lambda: heard.append(1))
    config = PipelineConfig(interval=7, frame_range=(2, 9))
    presets.save(" Mine ", config)
    fitting = presets.fitting(PipelineConfig(interval=7))
    assert fitting is not None and fitting.name == "Mine", "a range belongs to a source, not to a preset"
    presets.save("Mine", PipelineConfig(interval=8))
    assert [preset.name for preset in presets.own] == ["Mine"]
    back = presets_from_dict(SETTING_PRESETS, json.loads(json.dumps(presets.to_dict())))
    assert back.own == presets.own
    presets.remove("Mine")
    presets.remove("Mine")
    assert presets.own == ()
    assert len(heard) == 3


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\nb", "fast"])
def test_names_that_are_none_or_taken_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        Presets(SETTING_PRESETS).save(name, PipelineConfig())


def test_a_preset_that_does_not_go_with_the_range_is_refused() -> None:
    odd = PipelineConfig(pc_range=(-1.03, -1.0, 0.0, 1.0, 1.0, 2.0), voxel_size=0.01)
    preset = Preset(kind=SETTING_PRESETS, name="x", changes={"voxel_size": 0.05})
    assert not preset.fits(odd)
    with pytest.raises(ConfigError):
        preset.applied(odd)
    with pytest.raises(InputError):
        presets_from_dict(SETTING_PRESETS, {"presets": 3})


def test_looks_have_presets_that_leave_filters_and_the_range_alone() -> None:
    presets = Presets(LOOK_PRESETS)
    assert presets.fitting(PanelLooks()) is not None
    mine = PanelLooks(cloud=CloudLook(filters=CloudFilter(max_height=2.0)), edits_range=True)
    for preset in presets.all:
        applied = preset.applied(mine)
        assert preset.fits(applied)
        assert (applied.cloud.filters.max_height, applied.edits_range) == (2.0, True)
    coloured = PanelLooks(cloud=CloudLook(color=CloudColor.TIME))
    presets.save("By time", coloured)
    back = presets_from_dict(LOOK_PRESETS, json.loads(json.dumps(presets.to_dict())))
    fitting = back.fitting(coloured)
    assert fitting is not None and fitting.name == "By time"
    assert len({json.dumps(preset.changes, sort_keys=True) for preset in back.all}) == len(back.all)
