"""The window's entry point: ``l3rocc-studio [PATH]``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import l3rocc_engine
from l3rocc_engine.errors import InputError, L3roccError, OutputError

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

EXIT_NO_DISPLAY = 4
NO_DISPLAY = (
    "l3rocc-studio needs a display and found none (DISPLAY and WAYLAND_DISPLAY are not set); "
    "without one, use `l3rocc process` and `l3rocc render`, or run it under `xvfb-run -a`."
)
_SETTLE_MS = 1500


def make_parser() -> argparse.ArgumentParser:
    """Arguments of the window."""
    parser = argparse.ArgumentParser(prog="l3rocc-studio", description="See and process video as 4D occupancy.")
    parser.add_argument("path", nargs="?", type=Path, help="video, folder, finished dataset or .l3rocc project to open")
    parser.add_argument("--demo", action="store_true", help="open the bundled sample and process it")
    parser.add_argument("--process", action="store_true", help="start processing at once")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture when loaded, and quit")
    parser.add_argument("--version", action="version", version=f"l3rocc-studio {l3rocc_engine.__version__}")
    return parser


def has_display() -> bool:
    """Whether there is a screen to show a window on."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(argv: Sequence[str] | None = None) -> int:
    """Show the window until it is closed; returns the exit code."""
    arguments = make_parser().parse_args(argv)
    # A Qt 5 that another package brings along must not lend its plug-ins to ours.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    if not has_display():
        sys.stderr.write(NO_DISPLAY + "\n")
        return EXIT_NO_DISPLAY
    from PySide6.QtWidgets import QApplication

    from l3rocc_engine.occupancy import warm_in_background
    from l3rocc_studio.services.log_tail import keep_log_tail
    from l3rocc_studio.services.workspace import default_workspace
    from l3rocc_studio.ui.icons import app_icon
    from l3rocc_studio.ui.language import speak
    from l3rocc_studio.ui.panels.gl_format import set_default_format
    from l3rocc_studio.ui.reopening import Reopening
    from l3rocc_studio.ui.settings import StudioSettings
    from l3rocc_studio.ui.studio import Studio
    from l3rocc_studio.ui.theme import Theme

    set_default_format()
    app = QApplication(["l3rocc-studio"])
    app.setApplicationName("L3ROcc Studio")
    app.setApplicationVersion(l3rocc_engine.__version__)
    app.setDesktopFileName("l3rocc-studio")
    app.setWindowIcon(app_icon())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    workspace = default_workspace()
    theme, log_tail = Theme(app, StudioSettings(workspace.settings_file).theme), keep_log_tail()

    def make() -> Studio:
        speak(app, StudioSettings(workspace.settings_file).language)
        return Studio(workspace, theme, log_tail)

    studio = Reopening(app, make).studio
    failures: list[L3roccError] = []
    studio.ready.connect(warm_in_background)
    _begin(studio, arguments, failures)
    studio.show()
    code = int(app.exec())
    if failures and arguments.screenshot:
        sys.stderr.write(f"{failures[0]}\n")
        return failures[0].exit_code
    return code


def _begin(studio: Studio, arguments: argparse.Namespace, failures: list[L3roccError]) -> None:
    """Do what the command line asks for once the 3D panels are there; what fails is noted."""
    from PySide6.QtCore import QTimer

    def take_picture() -> None:
        if not studio.window.grab().save(str(arguments.screenshot)):
            failures.append(OutputError(f"The picture {arguments.screenshot} cannot be written."))
        studio.window.close()

    def settle() -> None:
        QTimer.singleShot(_SETTLE_MS, studio.window, take_picture)

    def opened(_result: object) -> None:
        if arguments.process or arguments.demo:
            studio.processor.start()
        elif arguments.screenshot:
            settle()

    def ready() -> None:
        if arguments.demo:
            studio.opener.open_sample()
        elif arguments.path is not None:
            studio.opener.open(arguments.path.expanduser().resolve())
        elif arguments.screenshot:
            settle()

    def failed(_doing: str, error: L3roccError) -> None:
        failures.append(error)
        if arguments.screenshot:
            settle()

    studio.opener.opened.connect(opened)
    studio.opener.refused.connect(lambda reason: failed("", InputError(reason)))
    for part in (studio.opener, studio.processor):
        part.failed.connect(failed)
    if arguments.screenshot:
        studio.processor.processed.connect(lambda _result: settle())
    studio.ready.connect(ready)


if __name__ == "__main__":
    sys.exit(main())
