from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from l3rocc_engine.dataset.episode import EpisodeSpan, occupancy_of, split_into_episodes
from l3rocc_engine.run import Run


@pytest.mark.parametrize(
    ("num_frames", "fps", "count"),
    [(1, 1, 1), (1000, 1, 1), (1001, 1, 2), (30_000, 30, 1), (30_001, 30, 2), (95_000, 30, 4)],
)
def test_no_episode_reaches_a_thousand_seconds(num_frames: int, fps: int, count: int) -> None:
    spans = split_into_episodes(range(num_frames), fps)
    assert len(spans) == count
    assert [span.episode_idx for span in spans] == list(range(count))
    assert spans[0].start == 0 and spans[-1].stop == num_frames
    assert all(a.stop == b.start for a, b in pairwise(spans))
    assert all((span.num_frames - 1) / fps < 1000 for span in spans)
    assert max(span.num_frames for span in spans) - min(span.num_frames for span in spans) <= 1


def test_part_of_a_sequence(run: Run) -> None:
    part = occupancy_of(EpisodeSpan(episode_idx=1, start=5, stop=9), run.occupancy)
    assert part.num_frames == 4
    for i in range(4):
        np.testing.assert_array_equal(part.occupied_indices(i), run.occupancy.occupied_indices(5 + i))
        np.testing.assert_array_equal(part.frame(i).visible, run.occupancy.frame(5 + i).visible)
        np.testing.assert_array_equal(part.frame(i).occluded, run.occupancy.frame(5 + i).occluded)
        assert len(part.frame(i).out_of_view)
    whole = occupancy_of(EpisodeSpan(episode_idx=0, start=0, stop=12), run.occupancy)
    assert whole is run.occupancy
