"""What stages cost on this machine before, read from the runs in the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.config import config_from_dict
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.pipeline.forecast import PastRun
from l3rocc_engine.pipeline.process import RUN_FILE
from l3rocc_engine.pipeline.workload import Workload
from l3rocc_engine.storage.json_file import read_json

NUM_READ = 12


def past_runs(runs_dir: Path) -> list[PastRun]:
    """The last few finished runs, newest first; files that cannot be read or are of another time are left out."""
    try:
        files = sorted(runs_dir.glob(f"*/{RUN_FILE}"), key=lambda file: file.stat().st_mtime, reverse=True)
    except OSError:
        return []
    found = (_past_run(file) for file in files[:NUM_READ])
    return [run for run in found if run is not None]


def _past_run(file: Path) -> PastRun | None:
    try:
        values = read_json(file)
        stage_s = {str(name): float(seconds) for name, seconds in values["record"]["stage_s"].items()}
        return PastRun(workload=_workload(values, stage_s), stage_s=stage_s)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, ConfigError):
        return None


def _workload(values: dict[str, Any], stage_s: dict[str, float]) -> Workload:
    source, record = values["source"], values["record"]
    config = config_from_dict(values["config"], origin="a run")
    pixels = int(source["size_px"][0]) * int(source["size_px"][1])
    largest = config.network_pixels if record["backend"] == "pi3" else DenseSettings().max_pixels
    return Workload(
        backend=str(record["backend"]),
        num_frames=int(source["num_frames"]),
        frame_pixels=pixels,
        num_keyframes=max(1, len(record["keyframes"])),
        map_pixels=min(pixels, largest),
        num_voxels=config.grid.num_voxels,
        has_depth=record["backend"] == "dataset" and "features" not in stage_s,
        has_mesh=config.mesh,
    )
