"""One table of what things cost: ``python -m benchmarks [--quick] [--only GROUP …] [--json FILE]``.

Each group runs in a process of its own. Times are medians; "CPU ms" counts all threads, "ms" and "s" are wall time.
Memory is the process's largest during the row, program and input included. ``--quick`` uses small inputs and takes less
than a minute: it shows that everything runs, its numbers mean little. Accuracy is measured by ``bench_truth`` and
``bench_dense``, apart from these.

No GPU was at hand so far: the CUDA path of occupancy has no row until it is run on one.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Row
from benchmarks.table import print_rows, rows_of_child, write_rows

GROUPS = {
    "occupancy": ("Occupancy, one frame", "bench_occupancy", "rows"),
    "sequence": ("Occupancy, a sequence with its files", "bench_occupancy", "rows_of_sequences"),
    "decode": ("Decoding video, against OpenCV", "bench_decode", "rows"),
    "pipeline": ("Every stage on the sample", "bench_pipeline", "rows"),
    "render": ("Drawing, offscreen", "bench_render", "rows"),
    "film": ("Films", "bench_film", "rows"),
    "scrub": ("Scrubbing in the window", "bench_scrub", "rows"),
    "network": ("π³ network, against the published way of computing it", "bench_network", "rows"),
    "batch": ("A batch, apart from what is done in it", "bench_batch", "rows"),
    "training": ("Random frames for training", "bench_training", "rows"),
    "startup": ("Start-up", "bench_startup", "rows"),
}


def rows_of(group: str, *, is_quick: bool) -> list[Row]:
    """Work out one group here."""
    _, module, function = GROUPS[group]
    rows: list[Row] = getattr(importlib.import_module(f"benchmarks.{module}"), function)(is_quick=is_quick)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small inputs")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS), help="these groups")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"))
    parser.add_argument("--group", choices=GROUPS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.group:
        # Libraries may write to the standard output; the rows come last.
        found = rows_of(arguments.group, is_quick=arguments.quick)
        sys.stdout.write("\n" + json.dumps([asdict(row) for row in found]) + "\n")
        sys.stdout.flush()
        return
    options = ["--quick"] if arguments.quick else []
    groups: dict[str, list[Row]] = {}
    for group in arguments.only:
        title = GROUPS[group][0]
        groups[title] = rows_of_child(group, *options)
        print_rows(title, groups[title])
    write_rows(arguments.json, groups, is_quick=arguments.quick)
    print(f"\nWritten to {arguments.json}.")


if __name__ == "__main__":
    main()
