from __future__ import annotations

import pytest

from l3rocc_engine.run import Run
from l3rocc_studio.render.environment import prepare_drawing
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="session", autouse=True)
def drawing() -> None:
    prepare_drawing()


@pytest.fixture(scope="session")
def room_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("room"), num_frames=6)
