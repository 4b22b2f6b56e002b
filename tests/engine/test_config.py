from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.config import PipelineConfig, config_from_dict, load_config
from l3rocc_engine.errors import ConfigError

ORIGINAL = """
'depth': 10
'min_density': 0.1
'n_threads': 1
'downsample': False
'voxel_size': 0.02
'max_nn': 20
'pc_range':  [-2, -1.5, -0.5, 2, 1, 3.5]
'occ_size':  [200, 125, 200]
'self_range': [3.0, 1.5, 2.0]
'ray_cast_step_size': 1.0
'interval': 10
'voxel_size_scale': 100.0
'history_len': 10
'history_step': 2
'fps': 30.0
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_original_file_loads_with_one_warning(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ORIGINAL))
    assert config == PipelineConfig()
    assert len(config.warnings) == 1
    for key in ("n_threads", "self_range", "ray_cast_step_size", "voxel_size_scale"):
        assert key in config.warnings[0]


def test_contradicting_occ_size_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, ORIGINAL.replace("[200, 125, 200]", "[400, 400, 400]"))
    with pytest.raises(ConfigError, match=r"\[400, 400, 400\].*\[200, 125, 200\]"):
        load_config(path)


def test_unknown_key_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="voxelsize"):
        load_config(write(tmp_path, "voxelsize: 0.1"))


@pytest.mark.parametrize(
    ("key", "value"),
    [("mesh", "False"), ("interval", True), ("interval", 0), ("voxel_size", "0.02"), ("voxel_size", -1), ("fps", 0)],
)
def test_wrong_values_are_refused(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=key):
        config_from_dict({key: value}, origin="test")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("voxel_size: 1.0e+9", "does not fit voxels"),
        ("voxel_size: .nan", "voxel_size must be a positive number"),
        ("pc_range: [-1.0e+300, -1, -1, 1.0e+300, 1, 1]", "does not fit voxels"),
        ("pc_range: [-.inf, -1, -1, 1, 1, 1]", "six finite numbers"),
        ("pc_range: [2, -1, -1, -2, 1, 1]", "empty along x"),
        ("occ_size: 5", "states occ_size 5"),
        ("1: 2", "unknown setting: 1"),
        (50_000 * "[", "nested too deeply"),
    ],
)
def test_absurd_files_are_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_config(write(tmp_path, text))


def test_range_that_the_voxel_size_does_not_divide_is_refused() -> None:
    with pytest.raises(ConfigError, match="whole number of voxels"):
        PipelineConfig(voxel_size=0.03)


def test_digest_follows_settings_and_nothing_else() -> None:
    config = config_from_dict({"voxel_size": 0.05, "n_threads": 4}, origin="test")
    assert config.digest == PipelineConfig(voxel_size=0.05).digest
    assert config.digest != PipelineConfig().digest
    assert config_from_dict(config.to_dict(), origin="round trip") == config


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.yaml"):
        load_config(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"edge_depth_step": -0.1}, "edge_depth_step"),
        ({"edge_turn_deg": 200.0}, "edge_turn_deg"),
        ({"scale_distance": 1.0}, "two different points"),
        ({"scale_points": [0, 0, 0, 1, 0, float("nan")]}, "finite"),
        ({"network_frames": -1}, "network_frames"),
        ({"network_pixels": 100}, "network_pixels"),
        ({"weights_sha256": "abc"}, "64 hexadecimal"),
        ({"weights_url": "ftp://there"}, "weights_url"),
    ],
)
def test_network_filter_and_scale_settings_are_checked(values: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        config_from_dict(values, origin="test")


def test_network_filter_and_scale_settings_are_read_back() -> None:
    values = {
        "edge_depth_step": 0.05,
        "scale_points": [0.0, 0, 0, 1, 2, 3],
        "scale_distance": 2.5,
        "network_frames": 12,
        "network_compile": True,
        "weights_url": "https://mirror/model.safetensors",
        "weights_sha256": "AB" * 32,
    }
    config = config_from_dict(values, origin="test")
    assert config_from_dict(config.to_dict(), origin="test") == config
    assert config.digest != PipelineConfig().digest
