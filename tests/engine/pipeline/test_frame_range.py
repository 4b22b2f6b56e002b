from __future__ import annotations

from pathlib import Path

import numpy as np

from l3rocc_engine.pipeline import plan_stages
from l3rocc_engine.run import Run
from tests.engine.pipeline.test_process import CONFIG, process
from tests.synthetic.sources import ArraySource, WallBackend


def keyframes_of(run: Run) -> list[int]:
    return [point_map.frame_idx for point_map in run.point_maps]


def test_just_the_range_is_processed_and_found_again(tmp_path: Path) -> None:
    backend = WallBackend()
    whole = process(tmp_path, backend)
    part_config = CONFIG.with_changes({"frame_range": [2, 5]})
    part = process(tmp_path, backend, part_config)
    assert backend.calls == 2
    assert (part.num_frames, part.source.num_frames, part.occupancy.num_frames) == (4, 4, 4)
    assert max(keyframes_of(part)) <= 3
    assert keyframes_of(whole) == list(whole.record.keyframes)
    np.testing.assert_array_equal(part.source.frame(0), whole.source.frame(2))
    process(tmp_path, backend, part_config)
    process(tmp_path, backend)
    assert backend.calls == 2, "each range has results of its own"
    assert all(stage.is_finished for stage in plan_stages(ArraySource(), backend.name, part_config, tmp_path))
    other = CONFIG.with_changes({"frame_range": [2, 4]})
    assert not any(stage.is_finished for stage in plan_stages(ArraySource(), backend.name, other, tmp_path))


def test_an_empty_range_means_all_frames() -> None:
    part = CONFIG.with_changes({"frame_range": [2, 5]})
    assert part.frame_range == (2, 5)
    assert part.digest != CONFIG.digest
    assert part.with_changes({"frame_range": []}) == CONFIG
