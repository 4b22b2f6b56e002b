from __future__ import annotations

from typing import Any

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.pipeline.plan import STAGES, changed_settings, stage_keys
from tests.synthetic.sources import ArraySource

DEFAULT = PipelineConfig()


@pytest.mark.parametrize(
    ("edit", "first"),
    [
        ({"interval": 5}, "reconstruction"),
        ({"voxel_size": 0.05}, "cloud"),
        ({"camera_height": 1.5}, "cloud"),
        ({"mesh": True}, "cloud"),
        ({"pc_range": [-2.0, -1.5, -0.5, 2.0, 1.0, 3.0]}, "occupancy"),
    ],
)
def test_an_edit_is_named_at_the_first_stage_whose_key_it_changes(edit: dict[str, Any], first: str) -> None:
    after = DEFAULT.with_changes(edit)
    changed = changed_settings(("builtin", DEFAULT), ("builtin", after))
    assert [name for name in STAGES if changed[name]] == [first]
    assert changed[first] == tuple(edit)
    old, new = (stage_keys(ArraySource(), "builtin", config) for config in (DEFAULT, after))
    assert [name for name in STAGES if old[name] != new[name]] == list(STAGES[STAGES.index(first) :])


def test_settings_that_only_one_of_two_backends_heeds_are_not_named() -> None:
    changed = changed_settings(("builtin", DEFAULT), ("pi3", DEFAULT))
    assert changed == {"reconstruction": ("backend",), "cloud": (), "occupancy": ()}


def test_a_range_of_frames_is_another_reconstruction_and_the_device_is_nothing() -> None:
    after = DEFAULT.with_changes({"frame_range": [2, 5], "device": "cpu", "history_len": 3})
    changed = changed_settings(("builtin", DEFAULT), ("builtin", after))
    assert changed == {"reconstruction": ("frame_range",), "cloud": (), "occupancy": ()}
