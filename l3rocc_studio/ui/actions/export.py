"""Writing results for others."""

from l3rocc_studio.ui.actions.spec import ActionSpec, Need

EXPORT_ACTIONS = (
    ActionSpec(
        key="export_lerobot",
        label="&LeRobot dataset…",
        tooltip="Write a LeRobot v2.1 dataset that the public loader opens",
        shortcut=("Ctrl+E",),
        icon="dataset",
        menu="Export",
        needs=Need.RUN,
    ),
    ActionSpec(
        key="export_interndata",
        label="&InternData dataset…",
        tooltip="Write an InternData-N1 trajectory folder",
        shortcut=("Ctrl+Shift+E",),
        icon="dataset",
        menu="Export",
        needs=Need.RUN,
    ),
    ActionSpec(
        key="export_film",
        label="&Three-panel video…",
        tooltip="Render the three panels to an mp4",
        shortcut=("Ctrl+M",),
        icon="film",
        menu="Export",
        starts_group=True,
        needs=Need.RUN,
    ),
)
