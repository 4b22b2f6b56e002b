from __future__ import annotations

import pytest

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.cli.settings_options import frame_range_of


def test_a_range_of_frames_as_it_is_typed() -> None:
    assert frame_range_of(None) is None
    assert frame_range_of("0:59") == [0, 59]


@pytest.mark.parametrize("text", ["", "5", "0:", ":9", "a:b", "0:9:2", "-1:5"])
def test_what_is_no_range_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="0:99"):
        frame_range_of(text)
