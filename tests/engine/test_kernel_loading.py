from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KERNELS = """
import numpy as np
from numba import njit

@njit(cache=True, nogil=True)
def halves(values):
    result = np.empty_like(values)
    for position, value in enumerate(values):
        result[position] = value / 2
    return result
"""
PROGRAM = """
import sys
import numpy as np
from l3rocc_engine.kernel_loading import load_kernels_alone
load_kernels_alone()
from kernels_of_test import halves
print(halves(np.arange(3.0)).tolist(), sum(halves.stats.cache_hits.values()), "scipy.linalg" in sys.modules)
print(halves(np.ones(1, dtype=np.float32)).dtype)
"""


def run(folder: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_kernel_from_disk_is_taken_without_what_compiles_it(tmp_path: Path) -> None:
    (tmp_path / "kernels_of_test.py").write_text(KERNELS)
    assert run(tmp_path) == ["[0.0, 0.5, 1.0] 0 True", "float32"]  # nothing is on disk yet: it is compiled
    assert run(tmp_path) == ["[0.0, 0.5, 1.0] 1 False", "float32"]


def test_one_that_is_not_there_is_compiled_after_one_that_was(tmp_path: Path) -> None:
    (tmp_path / "kernels_of_test.py").write_text(KERNELS)
    run(tmp_path)
    for kept in (tmp_path / "__pycache__").glob("*.2.nbc"):
        kept.unlink()  # the one for float32
    assert run(tmp_path) == ["[0.0, 0.5, 1.0] 1 False", "float32"]
    assert len(list((tmp_path / "__pycache__").glob("*.2.nbc"))) == 1
