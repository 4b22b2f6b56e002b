"""``l3rocc process``: a video, folder of images or trajectory into a dataset folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine import dataset, pipeline
from l3rocc_engine.config import BACKEND_NAMES, PipelineConfig, config_from_dict, load_config
from l3rocc_engine.dataset.layout import PROFILES, Profile
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.device import DEVICE_NAMES
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter, duration
from l3rocc_studio.cli.destination import work_folder_of

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("input", type=Path, help="video file, folder of images, or trajectory folder")
    parser.add_argument("--out", type=Path, required=True, help="becomes the trajectory folder itself")
    parser.add_argument(
        "--profile", choices=PROFILES, default=PROFILES[0], help="layout to write (default %(default)s)"
    )
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace DIR if it exists"
    )
    parser.add_argument(
        "--frames",
        dest="source_frames",
        metavar="FIRST:LAST",
        help="process these frames only, counted from 0, both ends included",
    )
    add_settings(parser)


def add_settings(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Settings of the pipeline, for every command that processes."""
    parser.add_argument(
        "--config",
        type=Path,
        help="YAML file with settings, ours or the original's; or the meta/run.json of a run, to repeat it",
    )
    parser.add_argument("--backend", choices=BACKEND_NAMES, help="what makes poses and depth (default auto)")
    parser.add_argument("--interval", type=int, help="largest distance between keyframes, in frames (default 10)")
    parser.add_argument("--voxel-size", type=float, help="edge of a voxel (default 0.02)")
    parser.add_argument(
        "--pc-range",
        type=float,
        nargs=6,
        metavar=("X0", "Y0", "Z0", "X1", "Y1", "Z1"),
        help="egocentric box in the camera frame (default -2 -1.5 -0.5 2 1 3.5)",
    )
    parser.add_argument(
        "--device", choices=DEVICE_NAMES, help="where occupancy is worked out; the result is the same (default auto)"
    )
    parser.add_argument(
        "--camera-height", type=float, help="metres from the floor to the camera; sets the scale where none is known"
    )
    parser.add_argument(
        "--scale-points",
        type=float,
        nargs=6,
        metavar=("X0", "Y0", "Z0", "X1", "Y1", "Z1"),
        help="two points of the world as an unscaled run has it; with --scale-distance they set the scale",
    )
    parser.add_argument("--scale-distance", type=float, help="true distance of the two points, in metres")
    parser.add_argument(
        "--mesh", action=argparse.BooleanOptionalAction, default=None, help="fill thin surfaces with a Poisson mesh"
    )


def config_of(arguments: argparse.Namespace) -> PipelineConfig:
    """Settings of the file, if one is given, with the options on top."""
    config = _config_of_file(arguments.config) if arguments.config else PipelineConfig()
    warnings = config.warnings
    changed = config.with_changes(
        {
            "backend": arguments.backend,
            "interval": arguments.interval,
            "voxel_size": arguments.voxel_size,
            "pc_range": arguments.pc_range,
            "mesh": arguments.mesh,
            "camera_height": arguments.camera_height,
            "scale_points": arguments.scale_points,
            "scale_distance": arguments.scale_distance,
            "device": arguments.device,
            "frame_range": frame_range_of(getattr(arguments, "source_frames", None)),
        }
    )
    return changed.with_warnings(warnings)


def frame_range_of(text: str | None) -> list[int] | None:
    """``FIRST:LAST`` as numbers, None where it was not given.

    Raises
    ------
    ConfigError
        If the text is something else.
    """
    if text is None:
        return None
    ends = text.split(":")
    if len(ends) != 2 or not all(end.isdecimal() for end in ends):
        raise ConfigError(f"--frames {text} is no range of frames.", "Write FIRST:LAST, as in 0:99.")
    return [int(end) for end in ends]


def _config_of_file(path: Path) -> PipelineConfig:
    """Settings of a YAML file, or those that a finished run was made with, out of its ``run.json``."""
    try:
        values = json.loads(path.read_text(encoding="utf-8")) if path.suffix == ".json" else None
    except (OSError, ValueError):
        values = None
    if isinstance(values, dict) and isinstance(values.get("config"), dict):
        return config_from_dict(values["config"], origin=path.name)
    return load_config(path)  # which also says what is wrong with the file


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Process the input as the options say."""
    facts = process_into(arguments, arguments.out.absolute(), reporter, cancel, profile=arguments.profile)
    reporter.result(facts_text(facts), facts)
    return 0


def process_into(
    arguments: argparse.Namespace,
    out: Path,
    reporter: Reporter,
    cancel: CancelToken,
    *,
    profile: Profile = PROFILES[0],
) -> dict[str, Any]:
    """Process the input, write the dataset, remove the stages; an interrupted run keeps them."""
    from l3rocc_engine.frames.opener import open_source

    config = config_of(arguments)
    dataset.check_destination(out, arguments.input, overwrite=arguments.overwrite)
    source = open_source(arguments.input, fps=config.fps)
    try:
        for warning in (*config.warnings, *source.warnings):
            reporter.remark(warning)
        with work_folder_of(out) as work:
            if pipeline.has_finished_stage(work):
                reporter.remark("An earlier run was interrupted: its finished stages are used where they fit.")
            finished = pipeline.process_source(source, config, work, events=reporter.event, cancel=cancel)
            for note in finished.record.notes[len(config.warnings) + len(source.warnings) :]:
                reporter.remark(note)
            dataset.write_dataset(
                finished,
                out,
                profile=profile,
                overwrite=arguments.overwrite,
                events=reporter.event,
                cancel=cancel,
            )
            facts = run_facts(finished, out)
    finally:
        source.close()
    return facts


def run_facts(finished: Run, out: Path) -> dict[str, Any]:
    """What a machine wants to know of a finished run."""
    record = finished.record
    return {
        "out": str(out),
        "backend": record.backend,
        "reason": record.reason,
        "frames": finished.num_frames,
        "keyframes": len(record.keyframes),
        "points": finished.cloud.num_points,
        "world_voxels": len(finished.world.centres_world),
        "metric": finished.scale.is_metric,
        "stage_s": record.stage_s,
        "peak_memory_bytes": record.peak_memory_bytes,
        "measures": record.measures,
    }


def facts_text(facts: dict[str, Any]) -> str:
    """The same for people."""
    unit = "metric" if facts["metric"] else "no metric scale"
    stages = ", ".join(f"{name} {duration(seconds)}" for name, seconds in facts["stage_s"].items())
    return (
        f"{facts['out']}\n"
        f"  {facts['frames']} frames, {facts['keyframes']} keyframes, {facts['points']:,} points, "
        f"{facts['world_voxels']:,} world voxels, {unit}\n"
        f"  {facts['backend']}: {facts['reason']}\n"
        f"  {stages}; peak memory {facts['peak_memory_bytes'] / 2**20:,.0f} MiB"
    )
