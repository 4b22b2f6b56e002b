from __future__ import annotations

from pathlib import Path

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.services.preset_store import load_presets, save_presets


def test_presets_stay_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "home" / "presets.json"
    presets = load_presets(file, SETTING_PRESETS)
    presets.save("Mine", PipelineConfig(interval=3))
    save_presets(presets, file)
    assert load_presets(file, SETTING_PRESETS).own == presets.own
    file.write_text("{", encoding="utf-8")
    assert load_presets(file, SETTING_PRESETS).own == ()
