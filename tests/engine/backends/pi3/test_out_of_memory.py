"""A real shortage of memory: the system refuses it, the passes become shorter, and the clip is finished."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
CHILD = """
import json, resource, sys
from dataclasses import replace
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

torch.set_num_threads(1)


class Noise(ArraySource):
    def frame(self, frame_idx):
        return np.random.default_rng(frame_idx).integers(0, 256, (140, 140, 3), dtype=np.uint8)


class Watched:
    def __init__(self):
        self.network, self.lengths = Pi3Network(tiny_model()), []
        self.network.run(np.zeros((2, 3, 140, 140), np.uint8), lambda done, total: None)

    def run(self, pictures, on_step):
        if not self.lengths:
            used = 1024 * int(next(l for l in open("/proc/self/status") if l.startswith("VmSize")).split()[1])
            resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[1]), resource.RLIM_INFINITY))
        self.lengths.append(len(pictures))
        return self.network.run(pictures, on_step)


network = Watched()
backend = Pi3Backend(weights=Path("none"), load=lambda path, device: network, device=ROOMY)
config = PipelineConfig(interval=1, network_frames=40, network_pixels=140 * 140)
source = Noise(num_frames=40, size_px=(140, 140))
made = backend.reconstruct(source, config, events=no_events, cancel=CancelToken())
print(json.dumps({
    "lengths": network.lengths,
    "frames": [point_map.frame_idx for point_map in made.point_maps],
    "retries": made.measures["memory_retries"],
    "notes": made.notes,
}))
"""


@pytest.mark.alone
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on memory is Linux's")
def test_passes_become_shorter_when_the_system_refuses_memory() -> None:
    command = [sys.executable, "-c", CHILD, str(32 << 20)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout.splitlines()[-1])
    assert made["lengths"][0] == 40
    assert made["lengths"][-1] < 40
    assert made["retries"] >= 1
    assert made["frames"] == list(range(40))
    assert any("memory ran out" in note for note in made["notes"])
