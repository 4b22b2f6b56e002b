"""A real shortage of memory: the system refuses it, the passes become shorter, and the clip is finished."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
CHILD = """
import json, resource, sys
from pathlib import Path
import numpy as np
import torch
from l3rocc_engine.backends.pi3.backend import Pi3Backend
from l3rocc_engine.backends.pi3.inference import Pi3Network
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.progress import CancelToken, no_events
from tests.engine.backends.pi3.oracle import ROOMY
from tests.synthetic.sources import ArraySource
from tests.synthetic.tiny_pi3 import tiny_model

network_frames, limit_bytes = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
if limit_bytes:
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, resource.RLIM_INFINITY))


class Noise(ArraySource):
    def frame(self, frame_idx):
        return np.random.default_rng(frame_idx).integers(0, 256, (336, 336, 3), dtype=np.uint8)


class Watched:
    def __init__(self):
        self.network, self.lengths = Pi3Network(tiny_model()), []

    def run(self, pictures, on_step):
        self.lengths.append(len(pictures))
        return self.network.run(pictures, on_step)


network = Watched()
backend = Pi3Backend(weights=Path("none"), load=lambda path, device: network, device=ROOMY)
config = PipelineConfig(interval=1, network_frames=network_frames, network_pixels=336 * 336)
source = Noise(num_frames=network_frames, size_px=(336, 336))
made = backend.reconstruct(source, config, events=no_events, cancel=CancelToken())
print(json.dumps({
    "lengths": network.lengths,
    "frames": [point_map.frame_idx for point_map in made.point_maps],
    "retries": made.measures["memory_retries"],
    "notes": made.notes,
    "peak_bytes": 1024 * int(next(l for l in open("/proc/self/status") if l.startswith("VmPeak")).split()[1]),
}))
"""


@pytest.mark.alone
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on memory is Linux's")
def test_passes_become_shorter_when_the_system_refuses_memory() -> None:
    # What a pass takes depends on the processor's kernels: the limit lies between what was measured here.
    short, whole = _finished(10), _finished(40)
    assert not short["retries"]
    assert not whole["retries"]

    made = _finished(40, limit_bytes=int(0.4 * short["peak_bytes"] + 0.6 * whole["peak_bytes"]))
    assert made["lengths"][0] == 40
    assert made["lengths"][-1] < 40
    assert made["retries"] >= 1
    assert made["frames"] == list(range(40))
    assert any("memory ran out" in note for note in made["notes"])


def _finished(network_frames: int, limit_bytes: int = 0) -> dict[str, Any]:
    command = [sys.executable, "-c", CHILD, str(network_frames), str(limit_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made
