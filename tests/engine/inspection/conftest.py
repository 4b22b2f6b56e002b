from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.run import Run
from l3rocc_engine.visual import write_visual
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def dataset(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(run, tmp_path_factory.mktemp("out") / "dataset", profile="interndata")


@pytest.fixture(scope="module")
def visual(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_visual(run, tmp_path_factory.mktemp("out") / "visual")
