from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run
from tests.synthetic.run_factory import part_of


@pytest.fixture(scope="session")
def runs(run: Run) -> list[Run]:
    """Three runs; the last one has a world of its own."""
    other = Scale(sim3=Sim3(scale=2.0, translation=np.zeros(3)), method=ScaleMethod.UNKNOWN)
    return [run, part_of(run, 2, 8), dataclasses.replace(part_of(run, 5, 9), scale=other)]


@pytest.fixture(scope="session")
def parts(runs: list[Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of each in the lerobot profile, below one folder; never to be changed."""
    root = tmp_path_factory.mktemp("parts")
    for number, each in enumerate(runs):
        write_dataset(each, root / f"clip_{number}", profile="lerobot")
    return root
