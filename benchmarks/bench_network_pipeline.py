"""A whole run with the full-size network: ``python -m benchmarks.bench_network_pipeline CLIP [--weights FILE]``.

Runs ``l3rocc process --backend pi3`` in a process of its own and prints what the run notes of itself: seconds a stage,
largest memory, plan. Without the published weights it takes name-seeded noise: the geometry is then meaningless, time
and memory are the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import save_file

from benchmarks.bench_network import filled
from benchmarks.measure import Row, cpu_s
from benchmarks.table import print_rows
from pi3 import Pi3Config


def run_clip(clip: Path, weights: Path, interval: int, pixels: int) -> list[Row]:
    """Process a clip with these weights."""
    with tempfile.TemporaryDirectory() as name:
        settings, out = Path(name) / "settings.yaml", Path(name) / "out"
        settings.write_text(
            f"backend: pi3\nweights_file: {weights}\ninterval: {interval}\nnetwork_pixels: {pixels}\n"
            "min_confidence: 0.0\nedge_depth_step: 0.0\n"  # the depth of noise is edge everywhere
        )
        command = [sys.executable, "-m", "l3rocc_studio.cli.main", "process", str(clip), "--out", str(out)]
        cpu, wall = cpu_s(), time.perf_counter()
        subprocess.run([*command, "--config", str(settings)], check=True)
        cpu, wall = cpu_s() - cpu, time.perf_counter() - wall
        record = json.loads((out / "meta" / "run.json").read_text(encoding="utf-8"))["record"]
    text = f"{clip.name}, {len(record['keyframes'])} keyframes"
    print("\n".join(record["notes"]))
    stages = [Row(name=f"stage {stage}", value=s, unit="s", input=text) for stage, s in record["stage_s"].items()]
    peak_mb = record["peak_memory_bytes"] / 1e6
    note = f"{cpu:.0f} s CPU, {torch.get_num_threads()} threads"
    return [Row(name="whole run", value=wall, unit="s", input=text, note=note, peak_mb=peak_mb), *stages]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--weights", type=Path, help="made of noise if it is not there (3.8 GB)")
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--pixels", type=int, default=255_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        weights = (arguments.weights or Path(name) / "model.safetensors").absolute()
        if not weights.exists():
            save_file(filled(Pi3Config()).state_dict(), weights)
        print_rows("Whole run with π³", run_clip(arguments.clip, weights, arguments.interval, arguments.pixels))


if __name__ == "__main__":
    main()
