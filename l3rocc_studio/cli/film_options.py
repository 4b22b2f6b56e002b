"""What a film can be asked to be, as options of the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_studio.cli.frame_option import frame_numbers
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    PANEL_HEIGHTS_PX,
    SIZE_PRESETS,
    Backdrop,
    FilmFormat,
    FilmLayout,
    FilmLook,
    FilmMarks,
    FilmOutput,
    FilmPanel,
    FilmQuality,
    FilmSpec,
)
from l3rocc_studio.model.looks import PaletteName
from l3rocc_studio.model.saved_view import SavedView, ViewPanel, views_from_text
from l3rocc_studio.model.view_keyframe import read_keyframes

NAMED_CAMERAS = tuple(kind.value for kind in CameraKind if kind not in (CameraKind.SAVED, CameraKind.KEYFRAMES))
RUN_FACTS = ""
"""What ``--watermark`` alone stands for."""
SUFFIXES = {f".{kind.value}": kind for kind in FilmFormat if kind is not FilmFormat.PNG}


def add_film_options(parser: argparse.ArgumentParser) -> None:
    """Options of a film, for every command that makes one."""
    _add_layout(parser.add_argument_group("panels"))
    _add_look(parser.add_argument_group("look"))
    _add_camera(parser.add_argument_group("camera of the world panel"))
    _add_marks(parser.add_argument_group("marks"))
    _add_output(parser.add_argument_group("format, size and time"))


def _add_layout(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--panels",
        default=",".join(panel.value for panel in FilmPanel),
        metavar="NAMES",
        help="panels from left to right (default %(default)s)",
    )
    group.add_argument(
        "--crop",
        type=float,
        default=0.15,
        metavar="SHARE",
        help="share cut from each side of a 16:9 world view (default %(default)s)",
    )
    group.add_argument("--gap", type=int, default=8, metavar="PX", help="distance of panels (default %(default)s)")
    group.add_argument(
        "--labels", action=argparse.BooleanOptionalAction, default=True, help="name the panels (default yes)"
    )
    group.add_argument(
        "--backdrop",
        choices=[backdrop.value for backdrop in Backdrop],
        default=Backdrop.WHITE.value,
        help="what is behind everything; transparent for webm and png (default %(default)s)",
    )


def _add_look(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--palette",
        choices=[palette.value for palette in PaletteName],
        default=PaletteName.MORANDI.value,
        help="colours of depth in the occupancy (default %(default)s)",
    )
    for name, default, words in (
        ("shading", True, "soft shadows and edges from depths"),
        ("world-occupancy", True, "what was found occupied so far, in the world panel"),
        ("history", True, "what earlier frames saw, in the occupancy panel"),
        ("grow", False, "let the cloud appear as it was seen"),
    ):
        group.add_argument(
            f"--{name}",
            action=argparse.BooleanOptionalAction,
            default=default,
            help=f"{words} (default {'yes' if default else 'no'})",
        )


def _add_camera(group: argparse._ArgumentGroup) -> None:
    choice = group.add_mutually_exclusive_group()
    choice.add_argument(
        "--camera",
        choices=NAMED_CAMERAS,
        default=CameraKind.GODS_EYE.value,
        help="a view fitted to the scene, or the director, who moves between them (default %(default)s)",
    )
    choice.add_argument(
        "--view", type=Path, metavar="FILE", help="views copied from the studio as JSON, of the world or the occupancy"
    )
    choice.add_argument("--cameras", type=Path, metavar="FILE", help="JSON with keyframes: frame, view or preset, ease")


def _add_marks(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--title", default="", metavar="TEXT", help="show a card with this title first")
    group.add_argument("--subtitle", default="", metavar="TEXT", help="second line of the card")
    group.add_argument("--title-seconds", type=float, default=2.5, metavar="S", help="its time (default %(default)s)")
    group.add_argument("--logo", type=Path, metavar="FILE", help="picture for the lower right corner")
    group.add_argument(
        "--watermark",
        nargs="?",
        const=RUN_FACTS,
        metavar="TEXT",
        help="line in the lower left corner; without TEXT what made the run",
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    low, high = PANEL_HEIGHTS_PX.start, PANEL_HEIGHTS_PX.stop - 1
    group.add_argument(
        "--format",
        choices=[kind.value for kind in FilmFormat],
        help="png is a folder of pictures (default: what the suffix of --out says, else mp4)",
    )
    size = group.add_mutually_exclusive_group()
    size.add_argument(
        "--height",
        type=int,
        metavar="PX",
        help=f"height of the panels, {low} to {high} (default the source's, at most 720)",
    )
    size.add_argument(
        "--size", metavar="SIZE", help=f"what the film must fit into: {', '.join(SIZE_PRESETS)} or WIDTHxHEIGHT"
    )
    group.add_argument("--pad", action="store_true", help="centre the film on exactly --size")
    group.add_argument(
        "--quality", choices=[quality.value for quality in FilmQuality], default="good", help="(default %(default)s)"
    )
    group.add_argument("--fps", type=float, help="frames a second to play at (default: the source's times, exactly)")
    group.add_argument(
        "--frames", metavar="FIRST:LAST[:STEP]", help="only these frames, both ends included (default all)"
    )
    group.add_argument("--workers", type=int, metavar="N", help="processes that draw (default: what this machine has)")


def film_format(arguments: argparse.Namespace, out: Path) -> FilmFormat:
    """The format that the options or the suffix ask for.

    Raises
    ------
    ConfigError
        If both are there and differ, or the suffix is that of no film.
    """
    by_suffix = SUFFIXES.get(out.suffix.lower())
    if arguments.format is None and out.suffix and by_suffix is None:
        raise ConfigError(
            f"{out.name} is not the name of a film.", f"Films end in {', '.join(SUFFIXES)}; a folder holds pictures."
        )
    if arguments.format is None:
        return by_suffix or FilmFormat.PNG
    wanted = FilmFormat(arguments.format)
    if by_suffix not in (None, wanted):
        raise ConfigError(f"--format {wanted.value} and the name {out.name} contradict each other.")
    return wanted


def film_spec(arguments: argparse.Namespace, kind: FilmFormat) -> FilmSpec:
    """The film of the options.

    Raises
    ------
    ConfigError
        If a value makes no sense or contradicts another.
    InputError
        If a file of views or keyframes cannot be read.
    """
    watermark = arguments.watermark
    return FilmSpec(
        layout=FilmLayout(
            panels=_panels(arguments.panels),
            crop=arguments.crop,
            gap_px=arguments.gap,
            has_labels=arguments.labels,
            backdrop=Backdrop(arguments.backdrop),
        ),
        look=FilmLook(
            palette=PaletteName(arguments.palette),
            has_shading=arguments.shading,
            has_world_occupancy=arguments.world_occupancy,
            has_history=arguments.history,
            is_growing=arguments.grow,
        ),
        camera=_camera(arguments),
        marks=FilmMarks(
            title=arguments.title,
            subtitle=arguments.subtitle,
            title_s=arguments.title_seconds,
            logo=arguments.logo.absolute() if arguments.logo else None,
            has_watermark=watermark is not None,
            watermark=watermark or "",
        ),
        output=_output(arguments, kind),
    )


def _panels(text: str) -> tuple[FilmPanel, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {panel.value: panel for panel in FilmPanel}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"There is no panel {unknown[0]!r}.", f"Choose from {', '.join(known)}.")
    return tuple(known[name] for name in names)


def _output(arguments: argparse.Namespace, kind: FilmFormat) -> FilmOutput:
    frames = frame_numbers(arguments.frames, sys.maxsize)
    if frames is None:
        frames = range(sys.maxsize)
    return FilmOutput(
        format=kind,
        height_px=arguments.height,
        fit_px=_size(arguments.size) if arguments.size else None,
        is_padded=arguments.pad,
        quality=FilmQuality(arguments.quality),
        fps=arguments.fps,
        first_frame=frames.start,
        last_frame=None if frames.stop == sys.maxsize else frames.stop - 1,
        every=frames.step,
    )


def _size(text: str) -> tuple[int, int]:
    if text.lower() in SIZE_PRESETS:
        return SIZE_PRESETS[text.lower()]
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise ConfigError(
            f"--size {text} is not a size.", f"Give {', '.join(SIZE_PRESETS)} or something like 1920x1080."
        )
    return int(width), int(height)


def _camera(arguments: argparse.Namespace) -> FilmCamera:
    if arguments.cameras is not None:
        return FilmCamera(kind=CameraKind.KEYFRAMES, keyframes=read_keyframes(arguments.cameras))
    if arguments.view is None:
        return FilmCamera(kind=CameraKind(arguments.camera))
    views = _read_views(arguments.view)
    world = next((view.pose for view in views if view.panel is ViewPanel.CLOUD), None)
    occupancy = next((view.pose for view in views if view.panel is ViewPanel.OCCUPANCY), None)
    kind = CameraKind.GODS_EYE if world is None else CameraKind.SAVED
    return FilmCamera(kind=kind, view=world, occupancy_view=occupancy)


def _read_views(path: Path) -> tuple[SavedView, ...]:
    try:
        return views_from_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
