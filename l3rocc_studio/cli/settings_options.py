"""Settings of the pipeline as options of a command."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from l3rocc_engine.config import BACKEND_NAMES, PipelineConfig, config_from_dict, load_config
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.device import DEVICE_NAMES
from l3rocc_engine.storage.json_file import read_json

OPTIONS = (
    "backend",
    "interval",
    "voxel_size",
    "pc_range",
    "mesh",
    "camera_height",
    "scale_points",
    "scale_distance",
    "device",
)
"""Settings that are an option of the same name."""


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
        metavar="FRAMES",
        help=f"largest distance between keyframes (default {usual.interval})",
    )
    parser.add_argument(
        "--input-fps",
        type=float,
        metavar="N",
        help=f"pictures a second of an input that does not say, such as a folder of images (default {usual.fps:g})",
    )
    parser.add_argument(
        "--voxel-size",
        type=float,
        metavar="METRES",
        help=f"edge of a voxel (default {usual.voxel_size:g}); in units of the model where the scale is not known",
    )
    parser.add_argument(
        "--pc-range",
        type=float,
        nargs=6,
        metavar=("X0", "Y0", "Z0", "X1", "Y1", "Z1"),
        help=f"egocentric box in the camera frame, in the same unit (default {box})",
    )
    parser.add_argument(
        "--device",
        choices=DEVICE_NAMES,
        help=f"where occupancy is worked out; the result is the same (default {usual.device})",
    )
    parser.add_argument(
        "--camera-height",
        type=float,
        metavar="METRES",
        help="from the floor to the camera; sets the scale where none is known",
    )
    parser.add_argument(
        "--scale-points",
        type=float,
        nargs=6,
        metavar=("X0", "Y0", "Z0", "X1", "Y1", "Z1"),
        help="two points of the world as an unscaled run has it; with --scale-distance they set the scale",
    )
    parser.add_argument("--scale-distance", type=float, metavar="METRES", help="true distance of the two points")
    parser.add_argument(
        "--mesh", action=argparse.BooleanOptionalAction, default=None, help="fill thin surfaces with a Poisson mesh"
    )


def config_of(arguments: argparse.Namespace) -> PipelineConfig:
    """Settings of the file, if one is given, with the options on top."""
    config = _config_of_file(arguments.config) if arguments.config else PipelineConfig()
    warnings = config.warnings
    values = {name: getattr(arguments, name) for name in OPTIONS}
    values["fps"] = arguments.input_fps
    values["frame_range"] = frame_range_of(getattr(arguments, "source_frames", None))
    try:
        changed = config.with_changes(values)
    except ConfigError as error:
        raise ConfigError(_in_options(error.message), error.hint) from error
    return changed.with_warnings(warnings)


def _in_options(sentence: str) -> str:
    """A sentence about settings in the words of the command line."""
    for name in OPTIONS:
        option = f"--{name.replace('_', '-')}"
        sentence = re.sub(rf"(^|(?<= in )){name}\b", option, sentence)
    return re.sub(r"^fps\b", "--input-fps", sentence)


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
        raise ConfigError(f"--frames {text} is not a range of frames.", "Write FIRST:LAST, as in 0:99.")
    first, last = map(int, ends)
    if last < first:
        raise ConfigError(f"--frames {text}: the last frame comes before the first.", "Write FIRST:LAST, as in 0:99.")
    return [first, last]


def _config_of_file(path: Path) -> PipelineConfig:
    """Settings of a YAML file, or those that a finished run was made with, out of its ``run.json``."""
    try:
        values = read_json(path) if path.suffix == ".json" else None
    except (OSError, ValueError):
        values = None
    if isinstance(values, dict) and isinstance(values.get("config"), dict):
        return config_from_dict(values["config"], origin=path.name)
    return load_config(path)  # which also says what is wrong with the file
