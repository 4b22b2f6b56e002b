"""What a person can ask to be exported, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from l3rocc_studio.model.film_spec import FilmSpec


class ExportFormat(Enum):
    """What is written."""

    FILM = "film"
    LEROBOT = "lerobot"
    INTERNDATA = "interndata"
    VISUAL = "visual"
    PLY = "ply"
    GLB = "glb"
    COLMAP = "colmap"

    @property
    def is_folder(self) -> bool:
        """Whether a folder is written; else one file."""
        return self not in (ExportFormat.FILM, ExportFormat.PLY, ExportFormat.GLB)

    @property
    def has_frames(self) -> bool:
        """Whether a range of frames can be chosen."""
        return self not in (ExportFormat.PLY, ExportFormat.GLB, ExportFormat.COLMAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudOptions:
    """Options of PLY and GLB.

    Attributes
    ----------
    max_points
        Most points that are kept; None for all.
    has_normals
        Whether normals are estimated (PLY).
    has_trajectory
        Whether the camera's path is there (GLB).
    num_frusta
        Cameras that are drawn (GLB).
    """

    max_points: int | None = None
    has_normals: bool = True
    has_trajectory: bool = True
    num_frusta: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualOptions:
    """Options of the visual format.

    Attributes
    ----------
    outputs
        Names of its folders; empty for all.
    stores_background_once
        Whether the cloud stands beside the frames rather than in each of them.
    """

    outputs: tuple[str, ...] = ()
    stores_background_once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ColmapOptions:
    """Options of the COLMAP model.

    Attributes
    ----------
    is_text
        Text files rather than binary ones.
    has_images
        Whether the keyframes are written as pictures.
    """

    is_text: bool = False
    has_images: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOptions:
    """Options of the datasets.

    Attributes
    ----------
    task
        What the robot was told to do; empty keeps what the source says.
    robot_type
        Name of the robot; empty for the usual one.
    """

    task: str = ""
    robot_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """One export.

    Attributes
    ----------
    format
        What is written.
    out
        File or folder to make.
    overwrite
        Whether what is there may be replaced; other things than an earlier export never are.
    frames
        First and last frame of the run, both included; None for all. For films the film's own range counts.
    film
        The film; only with ``FILM``, None for the usual one.
    cloud, visual, colmap, dataset
        Options of those formats.
    """

    format: ExportFormat
    out: Path
    overwrite: bool = False
    frames: tuple[int, int] | None = None
    film: FilmSpec | None = None
    cloud: CloudOptions = field(default_factory=CloudOptions)
    visual: VisualOptions = field(default_factory=VisualOptions)
    colmap: ColmapOptions = field(default_factory=ColmapOptions)
    dataset: DatasetOptions = field(default_factory=DatasetOptions)

    @property
    def frame_range(self) -> range | None:
        """The frames as a range, or None for all."""
        return None if self.frames is None else range(self.frames[0], self.frames[1] + 1)
