"""Writing results for others."""

from l3rocc_studio.ui.actions.spec import ActionSpec, Need

EXPORT_ACTIONS = (
    ActionSpec(
        key="export",
        label="&Export…",
        tooltip="Write videos, datasets, clouds or models of the result",
        shortcut=("Ctrl+E",),
        icon="export",
        menu="Export",
        needs=Need.RUN,
    ),
    ActionSpec(
        key="export_lerobot",
        label="&LeRobot dataset…",
        tooltip="Write a LeRobot v2.1 dataset that the LeRobot loader opens",
        icon="dataset",
        menu="Export",
        starts_group=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="export_interndata",
        label="&InternData dataset…",
        tooltip="Write an InternData-N1 trajectory folder",
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
        needs=Need.RUN,
    ),
    ActionSpec(
        key="export_cloud",
        label="&Cloud or model…",
        tooltip="Write the cloud as PLY or GLB, or a COLMAP model",
        icon="cloud",
        menu="Export",
        needs=Need.RUN,
    ),
)
