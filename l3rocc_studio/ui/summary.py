"""Facts of a source and of a run in a few lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.counts import frames_text
from l3rocc_studio.model.setting_words import BACKEND_WORDS, changed_settings
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import tr

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run

_CLOSE = 1.4
"""Ends of a time that differ by less are told as one."""


def source_facts(source: FrameSource) -> str:
    """Size, length, rate and what the source knows of its cameras."""
    width, height = source.size_px
    times = source.timestamps_s
    seconds = float(times[-1]) + 1.0 / source.fps if len(times) else 0.0
    lines = [
        tr("{width}×{height} · {frames} · {fps:g} fps · {seconds:.1f} s").format(
            width=width, height=height, frames=frames_text(source.num_frames), fps=source.fps, seconds=seconds
        )
    ]
    if source.cameras is not None:
        depth = tr(", poses and depth") if source.cameras.depth is not None else tr(" and poses")
        lines.append(tr("Brings intrinsics{depth}").format(depth=depth))
    return "\n".join(lines)


def run_facts(run: Run) -> list[tuple[str, str]]:
    """What was found, by which engine, and what it cost, as names and values."""
    unit = "m" if run.scale.is_metric else tr("units")
    x, y, z = run.occupancy.grid.shape
    seconds = sum(run.record.stage_s.values())
    facts = [
        (tr("Engine"), tr(BACKEND_WORDS.get(run.record.backend, run.record.backend))),
        (tr("Points"), f"{run.cloud.num_points:,}"),
        (
            tr("Keyframes"),
            tr("{count} of {frames}").format(count=len(run.record.keyframes), frames=frames_text(run.num_frames)),
        ),
        (
            tr("Grid"),
            tr("{x}×{y}×{z} of {voxel_size:g} {unit}").format(
                x=x, y=y, z=z, voxel_size=run.config.voxel_size, unit=unit
            ),
        ),
        (tr("Scale"), tr("metric") if run.scale.is_metric else tr("unknown")),
    ]
    if seconds:
        slowest = max(run.record.stage_s, key=lambda name: run.record.stage_s[name])
        facts.append(
            (
                tr("Time"),
                tr("{time}, mostly {stage}").format(time=duration_text(seconds), stage=stage_text(slowest).lower()),
            )
        )
    if run.record.peak_memory_bytes:
        facts.append((tr("Memory"), tr("up to {size}").format(size=readable_size(run.record.peak_memory_bytes))))
    return facts


def stale_text(run_config: PipelineConfig, config: PipelineConfig) -> str:
    """Which settings differ from those of the result."""
    changed = changed_settings(run_config, config)
    return (
        tr("Changed since this result: {changed}. Process again to apply.").format(changed=changed) if changed else ""
    )


def duration_text(seconds: float) -> str:
    """Seconds, or minutes and seconds."""
    return (
        tr("{seconds:.1f} s").format(seconds=seconds)
        if seconds < 60
        else tr("{minutes} min {seconds:02d} s").format(minutes=int(seconds // 60), seconds=int(seconds % 60))
    )


def about_text(seconds: float) -> str:
    """A time that is only guessed, rounded so that it does not pretend to be exact."""
    if seconds < 10:
        return tr("a few seconds")
    if seconds < 55:
        return tr("about {seconds} s").format(seconds=5 * round(seconds / 5))
    if seconds < 3600:
        minutes = max(1, round(seconds / 60))
        return tr("about {minutes} min").format(minutes=minutes)
    return tr("about {hours:.1f} h").format(hours=seconds / 3600)


def between_text(low_s: float, high_s: float) -> str:
    """A time of which only the ends are known, rounded as in :func:`about_text`; one number where they are close."""
    if high_s <= _CLOSE * low_s or high_s < 10:
        return about_text((low_s + high_s) / 2)
    if high_s < 55:
        low, high = 5 * round(low_s / 5), 5 * round(high_s / 5)
        return tr("about {low}–{high} s").format(low=low, high=high) if low else tr("up to {high} s").format(high=high)
    if high_s < 3600:
        low, high = round(low_s / 60), max(1, round(high_s / 60))
        if low == high:
            return about_text((low_s + high_s) / 2)
        return (
            tr("about {low}–{high} min").format(low=low, high=high) if low else tr("up to {high} min").format(high=high)
        )
    return tr("about {low:.1f}–{high:.1f} h").format(low=low_s / 3600, high=high_s / 3600)
