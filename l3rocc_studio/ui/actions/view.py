"""What the panels show and from where."""

from l3rocc_studio.ui.actions.spec import ActionSpec, Need

VIEW_ACTIONS = (
    ActionSpec(
        key="world_voxels",
        label="&Occupancy in the world",
        tooltip="Show what was found occupied so far as cubes in the cloud panel",
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
        tooltip="Show what earlier frames saw in the occupancy panel",
        shortcut=("H",),
        icon="history",
        menu="View",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="sidebar",
        label="&Sidebar",
        tooltip="Show or hide the settings at the side",
        shortcut=("Ctrl+B",),
        icon="sidebar",
        menu="View",
        starts_group=True,
        is_checkable=True,
    ),
    ActionSpec(
        key="log",
        label="&Log",
        tooltip="Show or hide what the program notes while it works",
        shortcut=("Ctrl+J",),
        icon="log",
        menu="View",
        is_checkable=True,
    ),
    ActionSpec(
        key="screenshot",
        label="Save &screenshot…",
        tooltip="Save a picture of the window",
        shortcut=("Ctrl+Shift+S",),
        icon="camera",
        menu="View",
        starts_group=True,
    ),
    ActionSpec(
        key="theme_system",
        label="Follow the &system",
        tooltip="Dark or light as the system is",
        menu="View/Theme",
        is_checkable=True,
    ),
    ActionSpec(key="theme_dark", label="&Dark", tooltip="Always dark", menu="View/Theme", is_checkable=True),
    ActionSpec(key="theme_light", label="&Light", tooltip="Always light", menu="View/Theme", is_checkable=True),
)
