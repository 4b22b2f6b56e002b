"""A real shortage of memory: the system refuses it, the passes become shorter, and the clip is finished."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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

torch.set_num_threads(1)


def memory(name):
    return 1024 * int(next(l for l in open("/proc/self/status") if l.startswith(name)).split()[1])


class Noise(ArraySource):
    def frame(self, frame_idx):
        return np.random.default_rng(frame_idx).integers(0, 256, (336, 336, 3), dtype=np.uint8)


class Watched:
    # Every pass finds half of what a pass of 10 frames and one of 40 need together.

    def __init__(self):
        self.network, self.lengths = Pi3Network(tiny_model()), []
        self.room = sum(self.needed(num_frames) for num_frames in (10, 40)) // 2

    def needed(self, num_frames):
        used = memory("VmSize")
        self.network.run(np.zeros((num_frames, 3, 336, 336), np.uint8), lambda done, total: None)
        return memory("VmPeak") - used

    def run(self, pictures, on_step):
        self.lengths.append(len(pictures))
        resource.setrlimit(resource.RLIMIT_AS, (memory("VmSize") + self.room, resource.RLIM_INFINITY))
        try:
            return self.network.run(pictures, on_step)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


network = Watched()
backend = Pi3Backend(weights=Path("none"), load=lambda path, device: network, device=ROOMY)
config = PipelineConfig(interval=1, network_frames=40, network_pixels=336 * 336)
source = Noise(num_frames=40, size_px=(336, 336))
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
    command = [sys.executable, "-c", CHILD]
    # Every larger block is the system's own and goes back to it, so that what a pass takes can be told from outside.
    system = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=system)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout.splitlines()[-1])
    assert made["lengths"][0] == 40
    assert made["lengths"][-1] < 40
    assert made["retries"] >= 1
    assert made["frames"] == list(range(40))
    assert any("memory ran out" in note for note in made["notes"])
