"""``l3rocc inspect``: what a file of points or voxels holds, in a window, as a picture or as numbers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.inspection import FramePoints, InspectedFile, describe_file, open_inspected
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.demo import has_display
from l3rocc_studio.cli.destination import check_file
from l3rocc_studio.model.point_coloring import Coloring, available_colorings
from l3rocc_studio.model.view import CameraPose, camera_pose_from_dict

BACKGROUNDS = ("dark", "light", "white", "black")
SIZES_PX = range(16, 8193)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "file", type=Path, help=".npz, .npy or .ply by this program or the original; or a folder with one file a frame"
    )
    parser.add_argument(
        "--frame",
        type=int,
        metavar="N",
        help="frame to show, from 0; of a folder the number in the files' names (default the first)",
    )
    parser.add_argument("--stats", action="store_true", help="print counts and bounds instead of opening a window")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw a picture instead; works without a display")
    parser.add_argument(
        "--color",
        choices=[coloring.value for coloring in Coloring],
        help="by what to colour: the file's own colours, label, height, distance ahead, or times seen "
        "(default: what tells most)",
    )
    parser.add_argument(
        "--grid",
        type=int,
        nargs=3,
        metavar=("X", "Y", "Z"),
        help="voxels along x, y, z, for files that do not say it and are in no run's folder",
    )
    parser.add_argument(
        "--voxel-size", type=float, metavar="METRES", help="draw a table of voxel centres as cubes this wide"
    )
    picture = parser.add_argument_group("picture")
    picture.add_argument(
        "--size", type=int, nargs=2, default=(1280, 960), metavar=("W", "H"), help="pixels (default 1280 960)"
    )
    picture.add_argument(
        "--camera",
        metavar="JSON",
        help="where to look from: a file, or the text itself, as the window's 'Copy camera' gives it",
    )
    picture.add_argument("--background", choices=BACKGROUNDS, default="white", help="default %(default)s")
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace the picture if it exists"
    )


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Print, draw, or open the window."""
    if arguments.png is not None:
        check_file(arguments.png.absolute(), suffix=".png", overwrite=arguments.overwrite)
    shape = None if arguments.grid is None else tuple(arguments.grid)
    opened = open_inspected(arguments.file, shape=shape, voxel_size=arguments.voxel_size)
    if arguments.png is None and not arguments.stats and not arguments.json:
        return _open_window(opened, arguments)
    frame_idx = _frame_of(opened, arguments)
    points = opened.frame(frame_idx, cancel)
    facts = describe_file(opened, frame_idx, points)
    if arguments.png is not None:
        out = arguments.png.absolute()
        _draw(opened, points, out, arguments)
        facts["picture"] = str(out)
        if not len(points.points):
            reporter.remark(f"{facts['shown']} holds no points; the picture is empty.")
    text = (
        _table(facts)
        if arguments.stats or arguments.png is None
        else f"{facts['picture']}  {facts['kind']}, {facts['shown']}"
    )
    reporter.result(text, facts)
    return 0


def _frame_of(opened: InspectedFile, arguments: argparse.Namespace) -> int:
    return 0 if arguments.frame is None else opened.frame_of(arguments.frame)


def _open_window(opened: InspectedFile, arguments: argparse.Namespace) -> int:
    frame_idx = _frame_of(opened, arguments)
    points = opened.frame(frame_idx)  # what is damaged is told here, not in a window
    if not has_display():
        raise InputError("There is no display to open a window on.", "Draw a picture with --png FILE, or use --stats.")
    from l3rocc_studio.ui.inspector.app import show_inspector

    return show_inspector(opened, points, frame_idx, _coloring(arguments.color))


def _draw(opened: InspectedFile, points: FramePoints, out: Path, arguments: argparse.Namespace) -> None:
    width, height = arguments.size
    if width not in SIZES_PX or height not in SIZES_PX:
        raise ConfigError(f"--size must be from {SIZES_PX.start} to {SIZES_PX.stop - 1} pixels, not {width} {height}.")
    coloring, pose = _coloring(arguments.color), _pose(arguments.camera)
    if coloring is not None and coloring not in available_colorings(points, opened.axes):
        possible = ", ".join(c.value for c in available_colorings(points, opened.axes))
        raise ConfigError(f"{opened.path.name} cannot be coloured by {coloring.value}.", f"It can be by {possible}.")
    # VTK is slow to import and aborts without any OpenGL, so it is loaded only once the input is known to be good.
    from PIL import Image

    from l3rocc_studio.render import colormaps
    from l3rocc_studio.render.inspect_picture import draw_inspected

    background = getattr(colormaps, arguments.background.upper())
    picture = draw_inspected(
        opened, points, size_px=(width, height), background=background, coloring=coloring, pose=pose
    )
    with atomic_file(out) as partial:
        Image.fromarray(picture).save(partial, format="png")


def _coloring(name: str | None) -> Coloring | None:
    return None if name is None else Coloring(name)


def _pose(text: str | None) -> CameraPose | None:
    """A view from a file or from its text.

    Raises
    ------
    InputError
        If it is none.
    """
    if text is None:
        return None
    try:
        words = text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8")
        values = json.loads(words)
    except OSError as error:
        raise InputError(f"{text} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            "--camera is not JSON.", "Copy it from the window, or give the file that it was saved to."
        ) from error
    if not isinstance(values, dict):
        raise InputError("--camera is not a view.", "A view has position, focal_point and view_up, three numbers each.")
    return camera_pose_from_dict(values)


def _table(facts: dict[str, Any]) -> str:
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {item:,}" for key, item in value.items())
        elif isinstance(value, list):
            is_text = any(isinstance(item, str) for item in value)
            value = ("\n" + " " * 18).join(value) if is_text else "  ".join(f"{item:g}" for item in value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, int):
            value = f"{value:,}"
        lines.append(f"{name:<17} {value}")
    return "\n".join(lines)
