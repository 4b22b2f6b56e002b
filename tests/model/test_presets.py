from __future__ import annotations

import json

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_studio.model.presets import BUILT_IN, Preset, Presets, presets_from_dict


def test_the_defaults_are_balanced_and_every_preset_works_with_them() -> None:
    presets = Presets()
    fitting = presets.fitting(PipelineConfig())
    assert fitting is not None and fitting.name == "Balanced"
    for preset in BUILT_IN:
        assert preset.fits(preset.applied(PipelineConfig()))
    assert presets.fitting(PipelineConfig(interval=7)) is None


def test_own_presets_are_saved_replaced_and_removed() -> None:
    presets = Presets()
    heard: list[int] = []
    presets.changed.connect(lambda: heard.append(1))
    config = PipelineConfig(interval=7, frame_range=(2, 9))
    presets.save(" Mine ", config)
    fitting = presets.fitting(PipelineConfig(interval=7))
    assert fitting is not None and fitting.name == "Mine", "a range belongs to a source, not to a preset"
    presets.save("Mine", PipelineConfig(interval=8))
    assert [preset.name for preset in presets.own] == ["Mine"]
    back = presets_from_dict(json.loads(json.dumps(presets.to_dict())))
    assert back.own == presets.own
    presets.remove("Mine")
    presets.remove("Mine")
    assert presets.own == ()
    assert len(heard) == 3


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\nb", "fast"])
def test_names_that_are_none_or_taken_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        Presets().save(name, PipelineConfig())


def test_a_preset_that_does_not_go_with_the_range_is_refused() -> None:
    odd = PipelineConfig(pc_range=(-1.03, -1.0, 0.0, 1.0, 1.0, 2.0), voxel_size=0.01)
    preset = Preset(name="x", changes={"voxel_size": 0.05})
    assert not preset.fits(odd)
    with pytest.raises(ConfigError):
        preset.applied(odd)
    with pytest.raises(InputError):
        presets_from_dict({"presets": 3})
