"""Both profiles and merged datasets under the public LeRobot library.

``L3ROCC_LEROBOT_PYTHON`` names an interpreter that has lerobot 0.3.x, which reads v2.1, and
``L3ROCC_LEROBOT30_PYTHON`` one that has 0.4.x, which reads v3.0.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.conventions import CV_FROM_GL
from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.dataset.merging import merge_datasets
from l3rocc_engine.dataset.poses import pose_vectors
from l3rocc_engine.run import Run
from tests.synthetic.run_factory import part_of

PYTHON = os.environ.get("L3ROCC_LEROBOT_PYTHON", "")
PYTHON_30 = os.environ.get("L3ROCC_LEROBOT30_PYTHON", "")
SCRIPT = Path(__file__).with_name("upstream_loader.py")

pytestmark = pytest.mark.slow
needs_v21 = pytest.mark.skipif(not PYTHON, reason="L3ROCC_LEROBOT_PYTHON names no interpreter with lerobot 0.3.x")
needs_v30 = pytest.mark.skipif(not PYTHON_30, reason="L3ROCC_LEROBOT30_PYTHON names no interpreter with lerobot 0.4.x")


def load(root: Path, *options: str, python: str = PYTHON) -> dict[str, Any]:
    done = subprocess.run(
        [python, str(SCRIPT), str(root), *options], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def assert_pictures_are_the_sources(facts: dict[str, Any], run: Run) -> None:
    wanted = [run.source.frame(i).mean() / 255 for i in range(12)]
    np.testing.assert_allclose(facts["picture_means"], wanted, atol=0.02)


@needs_v21
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


@needs_v21
def test_interndata_profile_opens_with_its_episodes_named(pristine: dict[str, Path], run: Run) -> None:
    facts = load(pristine["interndata"], "--episodes", "0")
    assert (facts["length"], facts["fps"], facts["indices"]) == (12, 10, list(range(12)))
    assert facts["shapes"]["observation.video.trajectory"] == [3, 64, 96]
    assert facts["shapes"]["action"] == facts["stats"]["action"] == [4, 4]
    np.testing.assert_allclose(
        np.reshape(facts["action"], (4, 4)), run.trajectory.world_from_cam[1] @ CV_FROM_GL, atol=1e-6
    )
    assert_pictures_are_the_sources(facts, run)


@pytest.fixture(scope="module")
def parts(run: Run, pristine: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A dataset and a shorter one of the same scene."""
    shorter = write_dataset(part_of(run, 2, 8), tmp_path_factory.mktemp("part") / "shorter", profile="lerobot")
    return [pristine["lerobot"], shorter]


def assert_is_merged(facts: dict[str, Any], version: str, run: Run) -> None:
    assert (facts["version"], facts["length"], facts["fps"]) == (version, 19, 10)
    assert facts["indices"] == list(range(19))
    assert facts["stats"]["observation.images.front"] == [3, 1, 1]
    wanted = [run.source.frame(i).mean() / 255 for i in (*range(12), *range(2, 9))]
    np.testing.assert_allclose(facts["picture_means"], wanted, atol=0.02)


@needs_v21
def test_merged_dataset_opens_whole(parts: list[Path], run: Run, tmp_path: Path) -> None:
    assert_is_merged(load(merge_datasets(parts, tmp_path / "all").out), "v2.1", run)


@needs_v30
def test_merged_v30_dataset_opens_whole(parts: list[Path], run: Run, tmp_path: Path) -> None:
    out = merge_datasets(parts, tmp_path / "all", version="v3.0").out
    assert_is_merged(load(out, python=PYTHON_30), "v3.0", run)
