"""Everything that steers a run, in one immutable value with a stable hash."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.device import DEVICE_NAMES
from l3rocc_engine.occupancy.grid import GridSpec

SCHEMA_VERSION = 1
BACKEND_NAMES = ("auto", "builtin", "dataset", "pi3")
IGNORED_KEYS = ("n_threads", "self_range", "ray_cast_step_size", "voxel_size_scale")
"""Keys of the original's file that have no meaning here: traversal is exact and the cloud follows the voxel size."""
_SHORT = reprlib.Repr()
"""Values in sentences: a few lines of YAML can stand for a value that fills the memory when it is written out."""
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxtuple, _SHORT.maxdict = 2, 8, 8, 8
_SHORT.maxstring = _SHORT.maxother = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineConfig:
    """Settings of a run; the names and defaults of the original's YAML keys are kept.

    Attributes
    ----------
    pc_range, voxel_size
        The egocentric grid, see :class:`GridSpec`.
    interval
        Largest distance between keyframes, in frames. The π³ backend takes every ``interval``-th frame; the built-in
        one may take them closer in short clips.
    history_len, history_step
        How many past frames, and how far apart, make up the history.
    fps
        Rate for sources that have none, such as a folder of images.
    mesh
        Fill thin surfaces with a Poisson mesh before voxelisation.
    depth, min_density, max_nn
        Octree depth of the Poisson surface, quantile of vertex density below which it is cut, neighbours for normals.
    downsample
        Thin the cloud to one point a voxel before meshing.
    backend
        One of ``auto``, ``builtin``, ``dataset``, ``pi3``.
    frame_range
        First and last frame of the source that are processed, both included and counted from 0; empty for all frames.
    min_confidence
        Points below this confidence do not enter the cloud.
    edge_depth_step, edge_turn_deg
        Pixels of the network's point maps whose neighbourhood spans more than this share of their depth and whose
        surface turns by more than this do not enter the cloud: they float between a near and a far surface. A step of
        0 leaves all of them in.
    camera_height
        Typical height of the camera above the floor in metres, which then sets the scale; 0 where it is not known.
    scale_points, scale_distance
        Two points x, y, z, x, y, z of the world as the backend found it, and their distance in metres, which then sets
        the scale; a distance of 0 where none is known.
    device
        Where occupancy is worked out: ``auto``, ``cpu`` or ``cuda``. The result is the same to the last bit.
    network_frames
        Most frames that go through the network together; 0 takes as many as fit the memory.
    network_pixels
        Most pixels a frame that the network sees; work grows with their number and faster.
    network_compile
        Compile the network's blocks before the first pass: minutes once, then faster; needs a C++ compiler.
    weights_file, weights_url, weights_sha256
        The network's weights: a file instead of the usual places, a mirror to fetch them from, and the digest that the
        file must have. Empty where nothing is asked for.
    """

    pc_range: tuple[float, float, float, float, float, float] = (-2.0, -1.5, -0.5, 2.0, 1.0, 3.5)
    voxel_size: float = 0.02
    interval: int = 10
    history_len: int = 10
    history_step: int = 2
    fps: float = 30.0
    mesh: bool = False
    depth: int = 10
    min_density: float = 0.1
    max_nn: int = 20
    downsample: bool = False
    backend: str = "auto"
    frame_range: tuple[int, ...] = ()
    min_confidence: float = 0.1
    edge_depth_step: float = 0.03
    edge_turn_deg: float = 5.0
    camera_height: float = 0.0
    scale_points: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    scale_distance: float = 0.0
    device: str = "auto"
    network_frames: int = 0
    network_pixels: int = 255_000
    network_compile: bool = False
    weights_file: str = ""
    weights_url: str = ""
    weights_sha256: str = ""
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _ = self.grid  # refuses a range that the voxel size does not divide
        _require_at_least("interval", self.interval, 1)
        _require_at_least("history_len", self.history_len, 0)
        _require_at_least("history_step", self.history_step, 1)
        _require_at_least("max_nn", self.max_nn, 3)
        if not 1 <= self.depth <= 14:
            raise ConfigError(f"depth must be from 1 to 14, not {self.depth}.")
        if not 0.0 < self.fps <= 1000.0:
            raise ConfigError(f"fps must be from 0 to 1000, not {self.fps}.")
        if not 0.0 <= self.min_density < 1.0:
            raise ConfigError(f"min_density is a quantile from 0 to 1, not {self.min_density}.")
        if not 0.0 <= self.min_confidence <= 1.0:
            raise ConfigError(f"min_confidence must be from 0 to 1, not {self.min_confidence}.")
        if not 0.0 <= self.edge_depth_step <= 10.0:
            raise ConfigError(f"edge_depth_step is a share of the depth from 0 to 10, not {self.edge_depth_step}.")
        if not 0.0 <= self.edge_turn_deg <= 180.0:
            raise ConfigError(f"edge_turn_deg must be from 0 to 180 degrees, not {self.edge_turn_deg}.")
        self._check_scale()
        self._check_network()
        if self.device not in DEVICE_NAMES:
            raise ConfigError(f"device must be one of {', '.join(DEVICE_NAMES)}, not {self.device!r}.")
        if self.frame_range and not (len(self.frame_range) == 2 and 0 <= self.frame_range[0] <= self.frame_range[1]):
            raise ConfigError(f"frame_range must be a first and a last frame, not {list(self.frame_range)}.")
        if self.backend not in BACKEND_NAMES:
            raise ConfigError(f"backend must be one of {', '.join(BACKEND_NAMES)}, not {self.backend!r}.")

    def _check_scale(self) -> None:
        if not 0.0 <= self.camera_height < 1000.0:
            raise ConfigError(f"camera_height must be from 0 to 1000 metres, not {self.camera_height}.")
        if not 0.0 <= self.scale_distance < 1e6:
            raise ConfigError(f"scale_distance must be from 0 to 1000000 metres, not {self.scale_distance}.")
        if not all(map(math.isfinite, self.scale_points)):
            raise ConfigError(f"scale_points must be six finite numbers, not {self.scale_points}.")
        if self.scale_distance and self.scale_points[:3] == self.scale_points[3:]:
            raise ConfigError("scale_distance needs two different points in scale_points.")
        if self.scale_distance and self.camera_height:
            raise ConfigError(
                "camera_height and scale_distance both set the scale.", "Give one of them, and 0 for the other."
            )

    def _check_network(self) -> None:
        _require_at_least("network_frames", self.network_frames, 0)
        _require_at_least("network_pixels", self.network_pixels, 14 * 14)
        if self.weights_sha256 and not re.fullmatch("[0-9a-fA-F]{64}", self.weights_sha256):
            raise ConfigError("weights_sha256 must be 64 hexadecimal digits.", "Leave it empty where it is not known.")
        if self.weights_url and not re.match("https?://", self.weights_url):
            raise ConfigError(f"weights_url must begin with http:// or https://, not {self.weights_url!r}.")

    @property
    def grid(self) -> GridSpec:
        """The egocentric grid."""
        return GridSpec(pc_range=self.pc_range, voxel_size=self.voxel_size)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON or YAML, with the schema version and without transient warnings."""
        values = dataclasses.asdict(self)
        del values["warnings"]
        values["pc_range"], values["scale_points"] = list(self.pc_range), list(self.scale_points)
        values["frame_range"] = list(self.frame_range)
        return {"schema_version": SCHEMA_VERSION, **values}

    @property
    def digest(self) -> str:
        """Stable hash of the settings, 16 hexadecimal digits; equal digests mean equal results."""
        settings = self.to_dict()
        del settings["device"]  # every device gives the same bits
        text = json.dumps(settings, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def with_changes(self, changes: Mapping[str, Any]) -> PipelineConfig:
        """A copy with some settings replaced; None values leave the setting as it is."""
        wanted = {key: value for key, value in changes.items() if value is not None}
        return config_from_dict({**self.to_dict(), **wanted}, origin="the command line")

    def with_warnings(self, warnings: tuple[str, ...]) -> PipelineConfig:
        """A copy that carries remarks about where its settings came from; they do not count for equality or digest."""
        return dataclasses.replace(self, warnings=warnings)


def _require_at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise ConfigError(f"{name} must be {least} or more, not {value}.")


def config_from_dict(values: Mapping[str, Any], *, origin: str) -> PipelineConfig:
    """Read settings from plain values.

    Parameters
    ----------
    values
        Keys of the original's YAML or of :meth:`PipelineConfig.to_dict`.
    origin
        Where the values come from, for messages.

    Raises
    ------
    ConfigError
        Unknown key, wrong type or value, or an ``occ_size`` that contradicts range and voxel size.
    """
    known = {f.name: f for f in dataclasses.fields(PipelineConfig) if f.name != "warnings"}
    rest = dict(values)
    version = rest.pop("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise ConfigError(f"{origin} has the settings version {version}; this program reads version {SCHEMA_VERSION}.")
    occ_size = rest.pop("occ_size", None)
    ignored = [key for key in IGNORED_KEYS if rest.pop(key, None) is not None]
    unknown = sorted(map(str, set(rest) - set(known)))
    if unknown:
        raise ConfigError(f"{origin} has an unknown setting: {', '.join(unknown)}.", f"Choose from {', '.join(known)}.")
    defaults = PipelineConfig()
    settings = {key: _coerce(key, value, getattr(defaults, key), origin) for key, value in rest.items()}
    warnings = (f"{origin}: {', '.join(ignored)} have no meaning here and are ignored.",) if ignored else ()
    config = PipelineConfig(**settings, warnings=warnings)
    shape = list(config.grid.shape)
    if occ_size is not None and occ_size not in (shape, tuple(shape)):
        raise ConfigError(
            f"{origin} states occ_size {_SHORT.repr(occ_size)}, but pc_range and voxel_size give {shape}.",
            "Remove occ_size, or correct the range or the voxel size.",
        )
    return config


def _coerce(key: str, value: Any, default: Any, origin: str) -> Any:
    """Check one value against the type of its default; whole numbers pass for floats, nothing else is converted."""
    wrong = ConfigError(f"{origin}: {key} must be like {default!r}, not {_SHORT.repr(value)}.")
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise wrong
        return value
    if key == "frame_range":
        if not isinstance(value, list | tuple) or len(value) not in (0, 2):
            raise ConfigError(
                f"{origin}: frame_range must be like [0, 99], or [] for all frames, not {_SHORT.repr(value)}."
            )
        return tuple(_coerce(key + " value", item, 0, origin) for item in value)
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or len(value) != len(default):
            raise wrong
        return tuple(_coerce(key, item, 0.0, origin) for item in value)
    if isinstance(value, bool) or not isinstance(value, (int, float) if isinstance(default, float) else type(default)):
        raise wrong
    try:
        return float(value) if isinstance(default, float) else value
    except OverflowError as error:  # a whole number of hundreds of digits
        raise wrong from error


def load_config(path: Path) -> PipelineConfig:
    """Read a YAML file, ours or the original's.

    Raises
    ------
    ConfigError
        If the file is missing, is not YAML, or a setting is wrong.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings file {path} is not valid YAML.", str(error)) from error
    except RecursionError as error:
        raise ConfigError(f"The settings file {path} is nested too deeply.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"The settings file {path} must hold keys and values.")
    return config_from_dict(values, origin=path.name)
