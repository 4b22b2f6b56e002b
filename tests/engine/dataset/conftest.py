from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from l3rocc_engine.dataset import PROFILES, write_dataset
from l3rocc_engine.run import Run
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def pristine(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both profiles of one run; never to be changed."""
    root = tmp_path_factory.mktemp("datasets")
    return {profile: write_dataset(run, root / profile, profile=profile) for profile in PROFILES}


@pytest.fixture
def copy_of(pristine: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A private copy of one profile's folder."""
    return lambda profile: Path(shutil.copytree(pristine[profile], tmp_path / profile))
