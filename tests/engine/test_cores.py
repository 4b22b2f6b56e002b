from __future__ import annotations

import os
import subprocess
import sys

import pytest

from l3rocc_engine.cores import usable_cores

ASK = "from l3rocc_engine.cores import usable_cores; print(usable_cores())"


def test_there_is_a_core_at_least_and_no_more_than_the_machine_has() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system limits no process to a core")
def test_a_process_that_is_held_to_one_core_counts_one() -> None:
    one = min(os.sched_getaffinity(0))
    held = f"import os; os.sched_setaffinity(0, {{{one}}}); {ASK}"
    done = subprocess.run([sys.executable, "-c", held], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


@pytest.mark.parametrize("num_processes", [1, 2, 1000])
def test_processes_that_share_the_machine_count_their_part(num_processes: int) -> None:
    shared = f"from l3rocc_engine.cores import share_cores; share_cores({num_processes}); {ASK}"
    done = subprocess.run([sys.executable, "-c", shared], capture_output=True, text=True, check=True)
    assert int(done.stdout) == max(1, usable_cores() // num_processes)
