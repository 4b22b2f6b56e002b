"""After warming, real work must not compile anything more."""

from __future__ import annotations

import subprocess
import sys
import threading

from l3rocc_engine.occupancy import warm_in_background

SCRIPT = """
import sys, tempfile
from pathlib import Path
import numpy as np
from numba.core.registry import CPUDispatcher
from l3rocc_engine.occupancy import GridSpec, load_sequence, occupancy_sequence, warm, world_map

def compiled():
    return {
        (name, key, str(signature))
        for name, module in sys.modules.items() if name.startswith("l3rocc_engine.occupancy")
        for key, value in vars(module).items() if isinstance(value, CPUDispatcher)
        for signature in value.signatures
    }

warm()
before = compiled()
assert len(before) > 15
rng = np.random.default_rng(0)
grid = GridSpec(pc_range=(-2.0, -2.0, -1.0, 2.0, 2.0, 3.0), voxel_size=0.05)
points = rng.uniform((-3, -3, -1), (40, 3, 4), (400_000, 3)).astype(np.float32)
points.setflags(write=False)
rays = np.concatenate([rng.uniform(-0.7, 0.7, (9000, 2)), np.ones((9000, 1))], axis=1).astype(np.float32)
poses = np.tile(np.eye(4), (60, 1, 1))
poses[:, 0, 3] = np.linspace(0, 36, 60)
for count in (1, 60):
    sequence = occupancy_sequence(points, poses[:count], rays, grid)
    with tempfile.TemporaryDirectory() as name:
        sequence.save(Path(name))
        loaded = load_sequence(Path(name) / "occ_sequence.npz", Path(name) / "mask_sequence.npz", poses[:count])
        world = world_map(loaded)
        loaded.history(count - 1, 5, 1)
assert world.num_voxels > 33_000, f"{world.num_voxels} are too few to make the table grow"
print(sorted(compiled() - before))
"""


def test_warming_in_the_background_happens_once() -> None:
    threads = {warm_in_background() for _ in range(3)}
    assert len(threads) == 1
    (thread,) = threads
    assert thread.daemon and thread is not threading.current_thread()
    thread.join()


def test_nothing_is_compiled_after_warming() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
