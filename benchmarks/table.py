"""Prints rows, writes them to JSON, and makes them in processes of their own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Row
from l3rocc_engine.cores import usable_cores
from l3rocc_engine.storage.atomic import write_json


def print_rows(title: str, rows: Iterable[Row]) -> None:
    """One group of the table."""
    print(f"\n{title}")
    for row in rows:
        peak = f"{row.peak_mb:6.0f} MB" if row.peak_mb else " " * 9
        print(f"  {row.name:40s} {row.value:11.2f} {row.unit:8s} {peak}  {row.input:34s} {row.note}".rstrip())


def write_rows(path: Path, groups: dict[str, list[Row]], **facts: object) -> None:
    """All groups with facts about the machine."""
    machine = {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": usable_cores(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {title: [asdict(row) for row in found] for title, found in groups.items()}
    write_json(path, {"machine": machine, **facts, "groups": rows})


def rows_of_child(group: str, *options: str) -> list[Row]:
    """Rows of one group, made by a fresh process, so that memory and caches are its own."""
    command = [sys.executable, "-m", "benchmarks", "--group", group, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The group {group} failed:\n{done.stderr}")
    return [Row(**values) for values in json.loads(done.stdout.splitlines()[-1])]
