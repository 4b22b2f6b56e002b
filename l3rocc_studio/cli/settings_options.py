"""Settings of the pipeline as options of a command."""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_engine.config import BACKEND_NAMES, PipelineConfig, config_from_dict, load_config
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.device import DEVICE_NAMES
from l3rocc_engine.storage.json_file import read_json


def add_settings(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Settings of the pipeline, for every command that processes."""
    usual = PipelineConfig()
    box = " ".join(f"{number:g}" for number in usual.pc_range)
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="YAML file with settings, ours or the original's; or the meta/run.json of a run, to repeat it",
    )
    parser.add_argument(
        "--backend", choices=BACKEND_NAMES, help=f"what makes poses and depth (default {usual.backend})"
    )
    parser.add_argument(
        "--interval",
        type=int,
        metavar="N",
        help=f"largest distance between keyframes, in frames (default {usual.interval})",
    )
    parser.add_argument("--voxel-size", type=float, metavar="M", help=f"edge of a voxel (default {usual.voxel_size:g})")
    parser.add_argument(
        "--pc-range",
        type=float,
        nargs=6,
        metavar=("X0", "Y0", "Z0", "X1", "Y1", "Z1"),
        help=f"egocentric box in the camera frame (default {box})",
    )
    parser.add_argument(
        "--device",
        choices=DEVICE_NAMES,
        help=f"where occupancy is worked out; the result is the same (default {usual.device})",
    )
    parser.add_argument(
        "--camera-height",
        type=float,
        metavar="M",
        help="metres from the floor to the camera; sets the scale where none is known",
    )
    parser.add_argument(
        "--scale-points",
        type=float,
        nargs=6,
        metavar=("X0", "Y0", "Z0", "X1", "Y1", "Z1"),
        help="two points of the world as an unscaled run has it; with --scale-distance they set the scale",
    )
    parser.add_argument("--scale-distance", type=float, metavar="M", help="true distance of the two points, in metres")
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
        values = read_json(path) if path.suffix == ".json" else None
    except (OSError, ValueError):
        values = None
    if isinstance(values, dict) and isinstance(values.get("config"), dict):
        return config_from_dict(values["config"], origin=path.name)
    return load_config(path)  # which also says what is wrong with the file
