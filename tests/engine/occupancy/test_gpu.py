"""The CUDA path: in the simulator everywhere, on a GPU where there is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy import GridSpec, device, occupancy_sequence
from l3rocc_engine.occupancy.device import cuda_problem, runs_on_cuda
from tests.engine.occupancy.scenes import cases

ROOT = Path(__file__).parents[3]
LARGE = {"num_frames": 1000, "num_rays": 500_000, "threads": 1}


def test_no_voxel_differs_from_the_plain_traversal_in_the_simulator() -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.engine.occupancy.simulated_gpu", str(cases(40))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 12, "hardly any frame saw something"


@pytest.mark.gpu
@pytest.mark.skipif(bool(cuda_problem()), reason=cuda_problem())
def test_no_voxel_differs_on_a_gpu() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-3, 3, (200_000, 3)).astype(np.float32)
    poses = np.tile(np.eye(4), (75, 1, 1))
    poses[:, 0, 3] = np.linspace(-1, 1, 75)
    rays = np.concatenate([rng.uniform(-0.7, 0.7, (20_000, 2)), np.ones((20_000, 1))], axis=1).astype(np.float32)
    made, exact = (occupancy_sequence(points, poses, rays, GridSpec(), device=name) for name in ("cuda", "cpu"))
    assert (made.visible_packed == exact.visible_packed).all()
    assert (made.occupied != exact.occupied).nnz == 0


def test_without_a_driver_the_gpu_is_refused_and_auto_takes_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_has_driver", lambda: False)
    assert not runs_on_cuda("auto", **LARGE)
    with pytest.raises(ConfigError, match="no NVIDIA driver"):
        runs_on_cuda("cuda", **LARGE)


def test_auto_sends_only_large_jobs_to_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cuda_problem", lambda: "")
    assert runs_on_cuda("auto", **LARGE)
    assert not runs_on_cuda("cpu", **LARGE)
    assert not runs_on_cuda("auto", num_frames=20, num_rays=250_000, threads=2)
    assert runs_on_cuda("cuda", num_frames=1, num_rays=1, threads=2)


def test_other_devices_are_refused() -> None:
    with pytest.raises(ConfigError, match="tpu"):
        runs_on_cuda("tpu", **LARGE)  # type: ignore[arg-type]


def test_looking_for_a_gpu_loads_neither_torch_nor_the_cuda_compiler() -> None:
    script = (
        "import sys; from l3rocc_engine.occupancy import device; device._has_driver = lambda: False;"
        f"assert not device.runs_on_cuda('auto', **{LARGE!r});"
        "print(sorted({'torch', 'numba.cuda'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr
