"""What the panels show and from where."""

from l3rocc_studio.model.words import LANGUAGES, N_, SYSTEM
from l3rocc_studio.ui.actions.setting import LANGUAGE_WORDS, THEME_WORDS
from l3rocc_studio.ui.actions.spec import ActionSpec, Need

VIEW_ACTIONS = (
    ActionSpec(
        key="world_voxels",
        label="O&ccupancy in the world",
        tooltip="Show all voxels occupied so far as cubes in the cloud panel",
        shortcut=("W",),
        icon="cube",
        menu="View",
        starts_group=True,
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="history",
        label="&History",
        tooltip="Show voxels from earlier frames in the occupancy panel",
        shortcut=("H",),
        icon="history",
        menu="View",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="keyframe_cameras",
        label="&Keyframe cameras",
        tooltip="Show the cameras of all keyframes in the cloud panel; click one to go there",
        shortcut=("K",),
        icon="keyframe-cameras",
        menu="View",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="legends",
        label="Lege&nds",
        tooltip="Show colour legends and voxel counts in the panels",
        shortcut=("L",),
        icon="legend",
        menu="View",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="edit_range",
        label="E&dit the range",
        tooltip="Show the range box in the panels; drag its handles to change it",
        shortcut=("B",),
        icon="range-box",
        menu="View",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="sidebar",
        label="&Sidebar",
        tooltip="Show or hide the sidebar",
        shortcut=("Ctrl+B",),
        icon="sidebar",
        menu="View/Window",
        is_checkable=True,
    ),
    ActionSpec(
        key="log",
        label="&Log",
        tooltip="Show or hide the log",
        shortcut=("Ctrl+J",),
        icon="log",
        menu="View/Window",
        is_checkable=True,
    ),
    ActionSpec(
        key="screenshot",
        label="Save &screenshot…",
        tooltip="Save or copy an image of a panel or the window, at any size",
        shortcut=("Ctrl+Shift+S",),
        icon="camera",
        menu="View",
        starts_group=True,
    ),
    ActionSpec(
        key="theme_system",
        label="Follow the &system",
        tooltip="Dark or light, like the system",
        menu="View/Window/Theme",
        is_checkable=True,
        words=THEME_WORDS,
    ),
    ActionSpec(
        key="theme_dark",
        label="&Dark",
        tooltip="Always dark",
        menu="View/Window/Theme",
        is_checkable=True,
        words=f"{THEME_WORDS} 深色",
    ),
    ActionSpec(
        key="theme_light",
        label="&Light",
        tooltip="Always light",
        menu="View/Window/Theme",
        is_checkable=True,
        words=f"{THEME_WORDS} 浅色",
    ),
    *(
        ActionSpec(
            key=f"language_{code}",
            label=name,
            tooltip=tooltip,
            menu="View/Window/Language",
            is_checkable=True,
            words=LANGUAGE_WORDS.get(code, LANGUAGE_WORDS["system"]),
        )
        for code, name, tooltip in (
            (SYSTEM, N_("System default"), N_("Use the system language after a restart")),
            *((code, name, N_("Use this language after a restart")) for code, name in LANGUAGES.items()),
        )
    ),
)
