"""The same clip gives the same bits, whether the kernels were compiled just now or read from the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import hashlib
from l3rocc_engine.backends.dense import DenseSettings, densify
from l3rocc_engine.progress import CancelToken, no_events
from tests.engine.backends.dense.scene import perfect_sparse, small_clip
from tests.engine.backends.textured_room import walk

poses = walk(3)
source, depths = small_clip(poses)
sparse = perfect_sparse(poses, depths)
result = densify(source, sparse, events=no_events, cancel=CancelToken(), settings=DenseSettings(num_planes=24))
digest = hashlib.sha256()
for point_map in result.point_maps:
    digest.update(point_map.points_cam.tobytes())
    digest.update(point_map.confidence.tobytes())
print(digest.hexdigest())
"""


@pytest.mark.slow
def test_fresh_and_cached_kernels_give_the_same_bits(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[4]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(root)}
    digests = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, cwd=root, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert any(tmp_path.rglob("*.nbc")), "the second run must find the kernels of the first"
    assert digests[0] == digests[1]
