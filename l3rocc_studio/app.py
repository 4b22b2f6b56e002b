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

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

EXIT_NO_DISPLAY = 4
NO_DISPLAY = (
    "l3rocc-studio needs a display and found none (DISPLAY and WAYLAND_DISPLAY are not set); "
    "without one, use `l3rocc process` and `l3rocc render`, or run it under `xvfb-run -a`."
)


def make_parser() -> argparse.ArgumentParser:
    """Arguments of the window."""
    parser = argparse.ArgumentParser(prog="l3rocc-studio", description="See and process video as 4D occupancy.")
    parser.add_argument("path", nargs="?", type=Path, help="video, folder, finished dataset or .l3rocc project to open")
    parser.add_argument("--demo", action="store_true", help="open the bundled sample and process it")
    parser.add_argument("--process", action="store_true", help="start processing at once")
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture when all panels are ready, and quit"
    )
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
    from l3rocc_studio.ui.errand import Errand
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
    studio.ready.connect(warm_in_background)
    errand = Errand(
        studio,
        path=None if arguments.path is None else arguments.path.expanduser().resolve(),
        is_demo=arguments.demo,
        does_process=arguments.process,
        screenshot=arguments.screenshot,
    )
    failures = errand.failures
    studio.show()
    code = int(app.exec())
    if failures and arguments.screenshot:
        sys.stderr.write(f"{failures[0]}\n")
        return failures[0].exit_code
    return code


if __name__ == "__main__":
    sys.exit(main())
