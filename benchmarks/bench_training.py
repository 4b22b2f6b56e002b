"""Random frames for training through torch's DataLoader: samples a second, with and without pictures and workers.

Four copies of one run stand for many trajectories: 640x480 pictures, and with the shipped grid 200x125x200 voxels a
frame, true depth instead of a reconstruction. A batch holds 4 frames, all of a set once in random order; with workers
after a first time that starts them. The quick way has 180 frames of coarse voxels in one episode.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from torch.utils.data import DataLoader

from benchmarks.bench_pipeline import QUICK_VOXEL_M, TruthBackend
from benchmarks.measure import Row, cpu_s, peak_mb, reset_peak
from l3rocc_engine.backends.protocol import Backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.sample import sample_video_path
from l3rocc_engine.torch_dataset import Form, OccupancyDataset, collate_sparse

NUM_EPISODES = 4
BATCH = 4
CASES: tuple[tuple[Form, bool], ...] = (("bool", False), ("bool", True), ("sparse", False), ("sparse", True))


def rows(*, is_quick: bool) -> list[Row]:
    """Every form, with and without pictures, with 0 and 2 workers."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        root = make_tree(Path(name), is_quick=is_quick)
        for form, images in CASES[-1:] if is_quick else CASES:
            frames = OccupancyDataset(root, form=form, images=images)
            found += [measure(frames, form, images=images, workers=workers) for workers in (0, 2)]
    return found


def make_tree(folder: Path, *, is_quick: bool) -> Path:
    """The bundled clip with its true depth, several times."""
    config = PipelineConfig(backend="builtin")
    source = open_source(sample_video_path())
    run = process_source(
        source, replace(config, voxel_size=QUICK_VOXEL_M) if is_quick else config, folder / "work", choose=_truth
    )
    first = write_dataset(run, folder / "tree" / "0", profile="lerobot")
    source.close()
    for number in range(1, 1 if is_quick else NUM_EPISODES):
        shutil.copytree(first, first.with_name(str(number)))
    return first.parent


def _truth(source: FrameSource, config: PipelineConfig) -> tuple[Backend, str]:
    return TruthBackend(), "benchmark"


def measure(frames: OccupancyDataset, form: Form, *, images: bool, workers: int) -> Row:
    """One row."""
    loader = DataLoader(
        frames,
        batch_size=BATCH,
        shuffle=True,
        num_workers=workers,
        collate_fn=collate_sparse if form == "sparse" else None,
        persistent_workers=workers > 0,
    )
    if workers:
        sum(1 for _ in loader)
    reset_peak()
    cpu, wall = cpu_s(), time.perf_counter()
    seen = sum(len(batch["frame"]) for batch in loader)
    wall_s = time.perf_counter() - wall
    note = "" if workers else f"{1e3 * (cpu_s() - cpu) / seen:.1f} CPU ms a sample"
    what = f"{form} voxels{', pictures' if images else ''}, {workers} workers"
    x, y, z = frames.grid.shape
    text = f"{len(frames.episodes)} episodes, {x}x{y}x{z}"
    return Row(name=what, value=seen / wall_s, unit="samples/s", input=text, note=note, peak_mb=peak_mb())
