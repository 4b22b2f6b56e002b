"""Facts of a source and of a run in a few lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.progress import stage_label

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run


def source_facts(source: FrameSource) -> str:
    """Size, length, rate and what the source knows of its cameras."""
    width, height = source.size_px
    times = source.timestamps_s
    seconds = float(times[-1]) + 1.0 / source.fps if len(times) else 0.0
    lines = [f"{width}×{height} · {source.num_frames:,} frames · {source.fps:g} fps · {seconds:.1f} s"]
    if source.cameras is not None:
        depth = ", poses and depth" if source.cameras.depth is not None else " and poses"
        lines.append(f"Brings intrinsics{depth}")
    return "\n".join(lines)


def run_summary(run: Run) -> str:
    """What was found, by which engine, and what it cost."""
    unit = "m" if run.scale.is_metric else "model units"
    x, y, z = run.occupancy.grid.shape
    seconds = sum(run.record.stage_s.values())
    lines = [
        f"Engine  {run.record.backend}",
        f"Cloud  {run.cloud.num_points:,} points",
        f"Grid  {x}×{y}×{z} voxels of {run.config.voxel_size:g} {unit}",
        f"Keyframes  {len(run.record.keyframes)} of {run.num_frames} frames",
        f"Scale  {'metric' if run.scale.is_metric else 'unknown: distances are relative'}",
    ]
    if seconds:
        slowest = max(run.record.stage_s, key=lambda name: run.record.stage_s[name])
        lines.append(f"Time  {_duration(seconds)}, most of it: {stage_label(slowest).lower()}")
    if run.record.peak_memory_bytes:
        lines.append(f"Memory  {run.record.peak_memory_bytes / 2**30:.1f} GiB at the most")
    lines.extend(f"• {note}" for note in run.record.notes)
    return "\n".join(lines)


def stale_text(run_config: PipelineConfig, config: PipelineConfig) -> str:
    """Which settings differ from those of the result."""
    old, new = run_config.to_dict(), config.to_dict()
    changed = [key.replace("_", " ").replace("pc range", "range") for key in new if new[key] != old.get(key)]
    if not changed:
        return ""
    return f"Changed since this result: {', '.join(changed)}. Process again to apply."


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60):02d} s"
