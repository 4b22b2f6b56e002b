from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.backends.registry import choose_backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.source import KnownCameras
from l3rocc_engine.geometry.trajectory import Trajectory
from tests.synthetic.sources import CAMERA, ArraySource

POSES = Trajectory(
    world_from_cam=np.tile(np.eye(4), (6, 1, 1)), timestamps_s=np.arange(6) / 10.0, is_interpolated=np.zeros(6, bool)
)


def plain() -> ArraySource:
    return ArraySource()


def posed() -> ArraySource:
    return ArraySource(cameras=KnownCameras(trajectory=POSES, intrinsics=CAMERA))


@pytest.mark.parametrize(
    ("source", "asked", "got"),
    [
        (plain(), "auto", "builtin"),
        (posed(), "auto", "dataset"),
        (posed(), "builtin", "builtin"),
        (posed(), "dataset", "dataset"),
    ],
)
def test_the_backend_and_its_reason(source: ArraySource, asked: str, got: str) -> None:
    backend, reason = choose_backend(source, PipelineConfig(backend=asked))
    assert backend.name == got
    assert reason.endswith(".")
    assert ("requested" in reason) == (asked != "auto")


def test_a_named_backend_is_never_replaced() -> None:
    with pytest.raises(InputError, match="array has no camera poses"):
        choose_backend(plain(), PipelineConfig(backend="dataset"))
