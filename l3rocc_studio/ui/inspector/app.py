"""Shows the inspector as a program of its own."""

from __future__ import annotations

import os
import signal

from PySide6.QtWidgets import QApplication

import l3rocc_engine
from l3rocc_engine.inspection import FramePoints, InspectedFile
from l3rocc_studio.model.point_coloring import Coloring
from l3rocc_studio.services.workspace import default_workspace
from l3rocc_studio.ui.icons import app_icon
from l3rocc_studio.ui.inspector.window import InspectorWindow
from l3rocc_studio.ui.language import speak
from l3rocc_studio.ui.panels.gl_format import set_default_format
from l3rocc_studio.ui.settings import StudioSettings
from l3rocc_studio.ui.theme import Theme


def show_inspector(opened: InspectedFile, points: FramePoints, frame_idx: int, coloring: Coloring | None) -> int:
    """Show a file until its window is closed; returns the exit code.

    Parameters
    ----------
    opened
        The file.
    points, frame_idx
        The moment to begin with.
    coloring
        By what to colour at first.
    """
    # A Qt 5 that another package brings along must not lend its plug-ins to ours.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    set_default_format()
    app = QApplication(["l3rocc-inspect"])
    app.setApplicationName("L3ROcc inspect")
    app.setApplicationVersion(l3rocc_engine.__version__)
    app.setDesktopFileName("l3rocc-studio")
    app.setWindowIcon(app_icon())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    settings = StudioSettings(default_workspace().settings_file)
    speak(app, settings.language)
    theme = Theme(app, settings.theme)
    window = InspectorWindow(opened, theme, points=points, frame_idx=frame_idx, coloring=coloring)
    window.show()
    return int(app.exec())
