"""Everything that a film can be asked to be, in plain values: what the command line and the export dialog fill in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.film_camera import FilmCamera
from l3rocc_studio.model.looks import CloudLook, OccupancyLook, PaletteName


class FilmPanel(Enum):
    """What a panel shows."""

    RGB = "rgb"
    WORLD = "world"
    OCCUPANCY = "occupancy"


class Backdrop(Enum):
    """What is behind everything; transparent suits light pages and needs a format that can."""

    WHITE = "white"
    BLACK = "black"
    LIGHT = "light"
    DARK = "dark"
    TRANSPARENT = "transparent"


class FilmFormat(Enum):
    """What is written; the value is the file's suffix without its dot, and of a PNG sequence that of each picture."""

    MP4 = "mp4"
    WEBM = "webm"
    GIF = "gif"
    PNG = "png"

    @property
    def can_be_transparent(self) -> bool:
        """Whether pictures keep their opacity."""
        return self in (FilmFormat.WEBM, FilmFormat.PNG)


class FilmQuality(Enum):
    """How much is spent on each picture's bits."""

    DRAFT = "draft"
    GOOD = "good"
    BEST = "best"


SIZE_PRESETS: dict[str, tuple[int, int]] = {
    "480p": (854, 480),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
}
"""Screens (width, height) in pixels that a film can be made to fit on."""
PANEL_HEIGHTS_PX = range(64, 2161)
"""Panels that can be read, up to films that H.264 players take."""
MAX_GAP_PX = 400
MAX_TITLE_S = 60.0
MAX_FPS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmLayout:
    """Which panels there are and how they are put together.

    Attributes
    ----------
    panels
        From left to right, each at most once.
    crop
        Share cut from the left and from the right of a 16:9 world view, as the original does.
    gap_px
        Distance between panels.
    has_labels
        Whether a strip above the panels names them.
    titles
        Their names, in their order; none for the English ones.
    backdrop
        Colour of gaps and strip, and of the panels' scenes.
    """

    panels: tuple[FilmPanel, ...] = (FilmPanel.RGB, FilmPanel.WORLD, FilmPanel.OCCUPANCY)
    crop: float = 0.15
    gap_px: int = 8
    has_labels: bool = True
    titles: tuple[str, ...] = ()
    backdrop: Backdrop = Backdrop.WHITE

    def __post_init__(self) -> None:
        if not self.panels:
            raise ConfigError("A film needs at least one panel: rgb, world or occupancy.")
        if len(set(self.panels)) != len(self.panels):
            raise ConfigError("A film shows each of its panels once.")
        if self.titles and len(self.titles) != len(self.panels):
            raise ConfigError(f"{len(self.panels)} panels need as many titles, not {len(self.titles)}.")
        if not 0.0 <= self.crop < 0.45:
            raise ConfigError(f"The crop must be from 0 to 0.45, not {self.crop}.")
        if not 0 <= self.gap_px <= MAX_GAP_PX:
            raise ConfigError(f"The gap must be from 0 to {MAX_GAP_PX} pixels, not {self.gap_px}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmLook:
    """How the scenes are drawn.

    Attributes
    ----------
    palette
        Colours of the occupancy panel.
    has_shading
        Whether depths shade the pictures: soft contact shadows, and edges where something stands in front.
    has_world_occupancy
        Whether the world panel shows what was found occupied so far, as dark cubes.
    has_history
        Whether the occupancy panel shows what earlier frames saw.
    is_growing
        Whether the cloud appears as far as it was seen up to each frame, or is whole from the start.
    cloud, occupancy
        Everything else about the panels, as the studio shows them; what is said above replaces their own word for it.
    """

    palette: PaletteName = PaletteName.MORANDI
    has_shading: bool = True
    has_world_occupancy: bool = True
    has_history: bool = True
    is_growing: bool = False
    cloud: CloudLook = field(default_factory=CloudLook)
    occupancy: OccupancyLook = field(default_factory=OccupancyLook)

    @property
    def cloud_look(self) -> CloudLook:
        """The whole look of the world panel."""
        return replace(self.cloud, has_occupancy=self.has_world_occupancy, is_growing=self.is_growing)

    @property
    def occupancy_look(self) -> OccupancyLook:
        """The whole look of the occupancy panel."""
        return replace(self.occupancy, palette=self.palette, has_history=self.has_history)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmMarks:
    """What is written on the film.

    Attributes
    ----------
    title, subtitle
        Of a card shown before the film; no card without a title.
    title_s
        How long the card stays, in seconds.
    logo
        Picture shown in the lower right corner.
    has_watermark
        Whether a line in the lower left corner tells what made the film.
    watermark
        That line; empty for the run's own facts.
    """

    title: str = ""
    subtitle: str = ""
    title_s: float = 2.5
    logo: Path | None = None
    has_watermark: bool = False
    watermark: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.title_s <= MAX_TITLE_S:
            raise ConfigError(f"A title card stays from 0 to {MAX_TITLE_S:g} seconds, not {self.title_s}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmOutput:
    """Format, size, time.

    Attributes
    ----------
    format
        What is written.
    height_px
        Height of the panels; None takes the source's, at most 720, or what ``fit_px`` allows.
    fit_px
        (width, height) that the whole picture must fit into; see :data:`SIZE_PRESETS`.
    is_padded
        Whether the picture is centred on exactly ``fit_px``.
    quality
        How good the pictures are for their bits.
    fps
        Frames a second to play at; None keeps the source's times, variable ones too.
    first_frame, last_frame
        Range of the source's frames, both included; None means to the end.
    every
        Show each n-th frame of the range.
    """

    format: FilmFormat = FilmFormat.MP4
    height_px: int | None = None
    fit_px: tuple[int, int] | None = None
    is_padded: bool = False
    quality: FilmQuality = FilmQuality.GOOD
    fps: float | None = None
    first_frame: int = 0
    last_frame: int | None = None
    every: int = 1

    def __post_init__(self) -> None:
        low, high = PANEL_HEIGHTS_PX.start, PANEL_HEIGHTS_PX.stop - 1
        if self.height_px is not None and self.height_px not in PANEL_HEIGHTS_PX:
            raise ConfigError(f"The height of the panels must be from {low} to {high} pixels, not {self.height_px}.")
        if self.height_px is not None and self.fit_px is not None:
            raise ConfigError("Give the height of the panels, or what the film must fit into, not both.")
        if self.fit_px is not None and (min(self.fit_px) < low or max(self.fit_px) > 2 * high):
            raise ConfigError(f"A film must fit into {low} to {2 * high} pixels each way, not {self.fit_px}.")
        if self.is_padded and self.fit_px is None:
            raise ConfigError("Padding needs a size to fill.", "Give one, such as 1080p or 1920x1080.")
        if self.fps is not None and not 0.0 < self.fps <= MAX_FPS:
            raise ConfigError(f"The frame rate must be from 0 to {MAX_FPS:g}, not {self.fps}.")
        if self.every < 1:
            raise ConfigError(f"Each n-th frame needs an n of 1 or more, not {self.every}.")
        if self.first_frame < 0 or (self.last_frame is not None and self.last_frame < self.first_frame):
            raise ConfigError(f"Frames {self.first_frame} to {self.last_frame} are not a range.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSpec:
    """A film of a run.

    Attributes
    ----------
    layout, look, camera, marks, output
        Its parts.
    """

    layout: FilmLayout = field(default_factory=FilmLayout)
    look: FilmLook = field(default_factory=FilmLook)
    camera: FilmCamera = field(default_factory=FilmCamera)
    marks: FilmMarks = field(default_factory=FilmMarks)
    output: FilmOutput = field(default_factory=FilmOutput)

    def __post_init__(self) -> None:
        if self.layout.backdrop is Backdrop.TRANSPARENT and not self.output.format.can_be_transparent:
            raise ConfigError(
                f"{self.output.format.value} has no transparent background.",
                "Take webm or a PNG sequence, or a white or black background.",
            )
