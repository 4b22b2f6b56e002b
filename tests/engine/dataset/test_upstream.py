"""Both profiles under the public LeRobot library, where ``L3ROCC_LEROBOT_PYTHON`` names an interpreter that has it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.conventions import CV_FROM_GL
from l3rocc_engine.dataset.poses import pose_vectors
from l3rocc_engine.run import Run

PYTHON = os.environ.get("L3ROCC_LEROBOT_PYTHON", "")
SCRIPT = Path(__file__).with_name("upstream_loader.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="L3ROCC_LEROBOT_PYTHON names no interpreter with lerobot 0.3.x"),
]


def load(root: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [PYTHON, str(SCRIPT), str(root), *options], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def assert_pictures_are_the_sources(facts: dict[str, Any], run: Run) -> None:
    wanted = [run.source.frame(i).mean() / 255 for i in range(12)]
    np.testing.assert_allclose(facts["picture_means"], wanted, atol=0.02)


def test_lerobot_profile_opens_whole(pristine: dict[str, Path], run: Run) -> None:
    facts = load(pristine["lerobot"])
    assert (facts["version"], facts["length"], facts["fps"]) == ("v2.1", 12, 10)
    assert facts["indices"] == list(range(12))
    assert facts["shapes"]["observation.images.front"] == [3, 64, 96]
    assert facts["window"] == {"observation.images.front": [2, 3, 64, 96], "action": [2, 7]}
    assert facts["stats"]["observation.images.front"] == [3, 1, 1]
    assert facts["policy"] == ["action", "observation.images.front", "observation.state"]
    np.testing.assert_allclose(facts["action"], pose_vectors(run.trajectory.world_from_cam)[2], atol=1e-6)
    assert_pictures_are_the_sources(facts, run)


def test_interndata_profile_opens_with_its_episodes_named(pristine: dict[str, Path], run: Run) -> None:
    facts = load(pristine["interndata"], "--episodes", "0")
    assert (facts["length"], facts["fps"], facts["indices"]) == (12, 10, list(range(12)))
    assert facts["shapes"]["observation.video.trajectory"] == [3, 64, 96]
    assert facts["shapes"]["action"] == facts["stats"]["action"] == [4, 4]
    np.testing.assert_allclose(
        np.reshape(facts["action"], (4, 4)), run.trajectory.world_from_cam[1] @ CV_FROM_GL, atol=1e-6
    )
    assert_pictures_are_the_sources(facts, run)
