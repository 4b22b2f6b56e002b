"""Every action of the window, one record each; menus, tool buttons, keys and tooltips are made from the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from l3rocc_studio.ui.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """One action.

    Attributes
    ----------
    key
        Stable name, also the object name of the QAction.
    label
        Text in menus; ``&`` marks the access key, ``…`` says that more input follows.
    tooltip
        What it does, in a sentence without its shortcut, which is added.
    shortcut
        Key sequences in portable text.
    icon
        Name of an icon, or empty.
    menu
        Menu that lists it, as ``"File"`` or ``"View/Theme"``; empty for none.
    starts_group
        Whether a separator comes before it in its menu.
    is_checkable
        Whether it is on or off.
    """

    key: str
    label: str
    tooltip: str
    shortcut: tuple[str, ...] = ()
    icon: str = ""
    menu: str = ""
    starts_group: bool = False
    is_checkable: bool = False


_S = ActionSpec
MENUS = ("File", "Process", "Playback", "View", "Export", "Help")
ACTIONS: tuple[ActionSpec, ...] = (
    _S(key="open", label="&Open…", tooltip="Open a video", shortcut=("Ctrl+O",), icon="video", menu="File"),
    _S(
        key="open_folder",
        label="Open &folder…",
        tooltip="Open a folder of pictures, a dataset trajectory or a finished result",
        shortcut=("Ctrl+Shift+O",),
        icon="open",
        menu="File",
    ),
    _S(key="sample", label="Try the &sample", tooltip="Open the bundled sample video", icon="sample", menu="File"),
    _S(
        key="close_source",
        label="&Close",
        tooltip="Close the source and go back to the start page",
        shortcut=("Ctrl+W",),
        icon="close",
        menu="File",
        starts_group=True,
    ),
    _S(key="quit", label="&Quit", tooltip="Close the window", shortcut=("Ctrl+Q",), menu="File", starts_group=True),
    _S(
        key="process",
        label="&Process",
        tooltip="Reconstruct the scene and compute its occupancy",
        shortcut=("Ctrl+Return", "F5"),
        icon="process",
        menu="Process",
    ),
    _S(
        key="cancel",
        label="&Cancel",
        tooltip="Stop the running job; finished stages are kept",
        shortcut=("Ctrl+.",),
        icon="stop",
        menu="Process",
    ),
    _S(key="play", label="&Play", tooltip="Play or pause", shortcut=("Space",), icon="play", menu="Playback"),
    _S(
        key="previous",
        label="P&revious frame",
        tooltip="Go back one frame",
        shortcut=("Left", ","),
        icon="step-back",
        menu="Playback",
        starts_group=True,
    ),
    _S(
        key="next",
        label="&Next frame",
        tooltip="Go on one frame",
        shortcut=("Right", "."),
        icon="step-forward",
        menu="Playback",
    ),
    _S(key="back_10", label="Back 10 frames", tooltip="Go back ten frames", shortcut=("Shift+Left",), menu="Playback"),
    _S(key="on_10", label="On 10 frames", tooltip="Go on ten frames", shortcut=("Shift+Right",), menu="Playback"),
    _S(
        key="first",
        label="&First frame",
        tooltip="Go to the first frame of the range",
        shortcut=("Home",),
        icon="first",
        menu="Playback",
        starts_group=True,
    ),
    _S(
        key="last",
        label="&Last frame",
        tooltip="Go to the last frame of the range",
        shortcut=("End",),
        icon="last",
        menu="Playback",
    ),
    _S(
        key="loop",
        label="L&oop",
        tooltip="Start over at the end",
        shortcut=("Ctrl+L",),
        icon="loop",
        menu="Playback",
        starts_group=True,
        is_checkable=True,
    ),
    _S(
        key="view_gods_eye",
        label="&God's eye",
        tooltip="Look at the whole scene from above",
        shortcut=("1",),
        icon="view-gods-eye",
        menu="View",
        is_checkable=True,
    ),
    _S(
        key="view_follow",
        label="&Follow the camera",
        tooltip="Stay behind the camera as it moves",
        shortcut=("2",),
        icon="view-follow",
        menu="View",
        is_checkable=True,
    ),
    _S(
        key="view_first_person",
        label="First &person",
        tooltip="Look through the camera",
        shortcut=("3",),
        icon="view",
        menu="View",
        is_checkable=True,
    ),
    _S(
        key="world_voxels",
        label="&Occupancy in the world",
        tooltip="Show what was found occupied so far as cubes in the cloud panel",
        shortcut=("O",),
        icon="cube",
        menu="View",
        starts_group=True,
        is_checkable=True,
    ),
    _S(
        key="history",
        label="&History",
        tooltip="Show what earlier frames saw in the occupancy panel",
        shortcut=("H",),
        icon="history",
        menu="View",
        is_checkable=True,
    ),
    _S(
        key="fit",
        label="&Reset views",
        tooltip="Bring everything back into view",
        shortcut=("R",),
        icon="fit",
        menu="View",
        starts_group=True,
    ),
    _S(
        key="sidebar",
        label="&Sidebar",
        tooltip="Show or hide the settings at the side",
        shortcut=("Ctrl+B",),
        icon="sidebar",
        menu="View",
        is_checkable=True,
    ),
    _S(
        key="screenshot",
        label="Save &screenshot…",
        tooltip="Save a picture of the window",
        shortcut=("Ctrl+Shift+S",),
        icon="camera",
        menu="View",
        starts_group=True,
    ),
    _S(
        key="theme_system",
        label="Follow the &system",
        tooltip="Dark or light as the system is",
        menu="View/Theme",
        is_checkable=True,
    ),
    _S(key="theme_dark", label="&Dark", tooltip="Always dark", menu="View/Theme", is_checkable=True),
    _S(key="theme_light", label="&Light", tooltip="Always light", menu="View/Theme", is_checkable=True),
    _S(
        key="export_lerobot",
        label="&LeRobot dataset…",
        tooltip="Write a LeRobot v2.1 dataset that the public loader opens",
        shortcut=("Ctrl+E",),
        icon="dataset",
        menu="Export",
    ),
    _S(
        key="export_interndata",
        label="&InternData dataset…",
        tooltip="Write an InternData-N1 trajectory folder",
        shortcut=("Ctrl+Shift+E",),
        icon="dataset",
        menu="Export",
    ),
    _S(
        key="export_film",
        label="&Three-panel video…",
        tooltip="Render the three panels to an mp4",
        shortcut=("Ctrl+M",),
        icon="film",
        menu="Export",
        starts_group=True,
    ),
    _S(
        key="shortcuts",
        label="&Keyboard shortcuts",
        tooltip="List every key",
        shortcut=("F1",),
        icon="keyboard",
        menu="Help",
    ),
    _S(key="about", label="&About L3ROcc Studio", tooltip="Version and licences", icon="info", menu="Help"),
)


class ActionSet(QObject):
    """The QActions of one window."""

    def __init__(self, window: QWidget, theme: Theme, specs: Iterable[ActionSpec] = ACTIONS) -> None:
        super().__init__(window)
        self._theme = theme
        self._specs = {spec.key: spec for spec in specs}
        self._actions = {key: self._make(spec, window) for key, spec in self._specs.items()}
        theme.changed.connect(self._tint)
        self._tint()

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """All records, in order of the menus."""
        return tuple(self._specs.values())

    def on(self, key: str, callback: Callable[[], object]) -> None:
        """Call a function when an action is triggered."""
        self._actions[key].triggered.connect(lambda _checked=False: callback())

    def allow(self, key: str, refusal: str = "") -> None:
        """Enable an action, or disable it with the reason as its tooltip."""
        action, spec = self._actions[key], self._specs[key]
        action.setEnabled(not refusal)
        self._describe(action, spec, refusal)

    def show_as(self, key: str, icon: str, tooltip: str) -> None:
        """Change an action's face, as Play turns to Pause."""
        action = self._actions[key]
        action.setIcon(self._theme.icon(icon))
        action.setToolTip(_with_keys(tooltip, self._specs[key]))

    def fill_menu(self, menu: QMenu, path: str, submenus: dict[str, QMenu]) -> None:
        """Add the actions of a menu, and submenus where they are first mentioned."""
        menu.setToolTipsVisible(True)
        for spec in self._specs.values():
            if spec.menu == path:
                if spec.starts_group:
                    menu.addSeparator()
                menu.addAction(self._actions[spec.key])
            elif spec.menu.startswith(f"{path}/") and spec.menu not in submenus:
                submenus[spec.menu] = menu.addMenu(spec.menu.rsplit("/", 1)[1])
                self.fill_menu(submenus[spec.menu], spec.menu, submenus)

    def button(self, key: str, parent: QWidget, size_px: int = 20) -> QToolButton:
        """A tool button for an action."""
        button = QToolButton(parent)
        button.setDefaultAction(self._actions[key])
        button.setIconSize(button.iconSize().scaled(size_px, size_px, Qt.AspectRatioMode.KeepAspectRatio))
        button.setAccessibleName(_plain(self._specs[key].label))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _make(self, spec: ActionSpec, window: QWidget) -> QAction:
        action = QAction(spec.label, window)
        action.setObjectName(spec.key)
        action.setCheckable(spec.is_checkable)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcut])
        self._describe(action, spec, "")
        window.addAction(action)
        return action

    @staticmethod
    def _describe(action: QAction, spec: ActionSpec, refusal: str) -> None:
        action.setToolTip(refusal or _with_keys(spec.tooltip, spec))
        action.setStatusTip(refusal or spec.tooltip)

    def _tint(self) -> None:
        for key, spec in self._specs.items():
            if spec.icon:
                self._actions[key].setIcon(self._theme.icon(spec.icon))


def _with_keys(tooltip: str, spec: ActionSpec) -> str:
    keys = QKeySequence(spec.shortcut[0]).toString(QKeySequence.SequenceFormat.NativeText) if spec.shortcut else ""
    return f"{tooltip} ({keys})" if keys else tooltip


def _plain(label: str) -> str:
    """A label without its access key mark and ellipsis."""
    return label.replace("&", "").rstrip("…")
