"""``l3rocc info``: what a path is and what is really in it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine import dataset
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter, duration
from l3rocc_studio.cli.episode import add_episode_option, chosen_episode

if TYPE_CHECKING:
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run


ONLY_JSON = ("metric",)
"""What a person reads in another line already."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("path", type=Path, help="anything that 'process' reads or writes")
    add_episode_option(parser)


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Describe a finished run, else a source."""
    from l3rocc_engine.dataset.manifest import read_manifest
    from l3rocc_engine.frames.opener import open_source

    cancel.check()
    path: Path = arguments.path
    if dataset.is_our_dataset(path):
        opened = dataset.open_dataset(path, episode_idx=chosen_episode(arguments, path, reporter))
        source, facts = opened.source, {**source_facts(opened.source), **run_facts(opened)}
        num_episodes = len(read_manifest(path)["episodes"])
        if num_episodes > 1:
            place = {"path": facts["path"], "episodes": num_episodes, "episode": arguments.episode or 0}
            facts = {**place, **facts}
    else:
        source = open_source(path)
        facts = source_facts(source)
    source.close()
    shown = {key: value for key, value in facts.items() if key not in ONLY_JSON}
    reporter.result("\n".join(f"{key:<14} {_show(value)}{_remark(key)}" for key, value in shown.items()), facts)
    return 0


def source_facts(source: FrameSource) -> dict[str, Any]:
    """What is there to decode, and what came with it."""
    width, height = source.size_px
    facts: dict[str, Any] = {
        "path": str(source.path),
        "frames": source.num_frames,
        "size": f"{width}x{height}",
        "fps": round(source.fps, 3),
        "length": duration(float(source.timestamps_s[-1] - source.timestamps_s[0])),
        "fingerprint": source.fingerprint,
    }
    if source.cameras is not None:
        k = source.cameras.intrinsics
        facts["poses"] = "yes, from the dataset"
        facts["intrinsics"] = f"fx {k.fx_px:.2f}, fy {k.fy_px:.2f}, cx {k.cx_px:.2f}, cy {k.cy_px:.2f} px"
        facts["depth maps"] = "yes" if source.cameras.depth is not None else "no"
    if source.warnings:
        facts["warnings"] = list(source.warnings)
    return facts


def run_facts(opened: Run) -> dict[str, Any]:
    """What was made of the source."""
    from l3rocc_studio.model.scale_words import SCALE_SENTENCES

    grid, record, unit = opened.config.grid, opened.record, "m" if opened.scale.is_metric else "units"
    return {
        "backend": f"{record.backend} ({record.reason})",
        "keyframes": len(record.keyframes),
        "points": opened.cloud.num_points,
        "grid": f"{' x '.join(map(str, grid.shape))} voxels of {grid.voxel_size:g} {unit}",
        "world voxels": len(opened.world.centres_world),
        "scale": SCALE_SENTENCES[opened.scale.method],
        "metric": opened.scale.is_metric,
        "stage seconds": record.stage_s,
        "peak memory": f"{record.peak_memory_bytes / 2**20:,.0f} MiB",
        "notes": list(record.notes),
    }


def _remark(key: str) -> str:
    return ", which all that follows is about; --episode N tells of another" if key == "episode" else ""


def _show(value: Any) -> str:
    if isinstance(value, list):
        return ("\n" + " " * 15).join(value) if value else "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {item:.1f}" for key, item in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
