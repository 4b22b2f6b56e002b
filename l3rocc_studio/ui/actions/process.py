"""Starting and stopping the engine."""

from l3rocc_studio.ui.actions.spec import ActionSpec, Need

PROCESS_ACTIONS = (
    ActionSpec(
        key="process",
        label="&Process",
        tooltip="Reconstruct the scene and compute its occupancy",
        shortcut=("Ctrl+Return", "F5"),
        icon="process",
        menu="Process",
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="cancel",
        label="&Cancel",
        tooltip="Stop the running job; finished stages are kept",
        shortcut=("Ctrl+.",),
        icon="stop",
        menu="Process",
    ),
    ActionSpec(
        key="weights",
        label="π³ &weights…",
        tooltip="Download, verify or remove the weights of the π³ network",
        icon="download",
        menu="Process",
        starts_group=True,
    ),
    ActionSpec(
        key="process_range",
        label="Process only the &range now",
        tooltip="Reconstruct only the frames in the timeline range",
        shortcut=("Ctrl+Shift+Return",),
        menu="Process",
        starts_group=True,
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="range_only",
        label="&Limit to the range",
        tooltip="Let Process use only the frames in the timeline range from now on",
        menu="Process",
        is_checkable=True,
        needs=Need.SOURCE,
    ),
)
