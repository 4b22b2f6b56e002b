"""What is laid over the video, and how large it is."""

from l3rocc_studio.model.frame_overlay import OverlayFill
from l3rocc_studio.ui.actions.spec import ActionSpec, Need

FILL_KEYS = {
    OverlayFill.OCCUPANCY: "overlay_occupancy",
    OverlayFill.DEPTH: "overlay_depth",
    OverlayFill.CONFIDENCE: "overlay_confidence",
}
OVERLAY_KEYS = (*FILL_KEYS.values(), "overlay_path")
ZOOM_KEYS = ("picture_zoom_in", "picture_zoom_out", "picture_fit", "picture_actual")

PICTURE_ACTIONS = (
    ActionSpec(
        key="overlay_occupancy",
        label="&Occupancy over the video",
        tooltip="Overlay visible voxels on the video, coloured by depth",
        shortcut=("Shift+O",),
        icon="cube",
        menu="View/Video",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="overlay_depth",
        label="&Depth over the video",
        tooltip="Overlay depth on the video, at keyframes",
        shortcut=("Shift+D",),
        icon="ruler",
        menu="View/Video",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="overlay_confidence",
        label="&Confidence over the video",
        tooltip="Overlay depth confidence on the video, at keyframes",
        shortcut=("Shift+C",),
        icon="check",
        menu="View/Video",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="overlay_path",
        label="&Path over the video",
        tooltip="Draw the camera path ahead on the video",
        shortcut=("Shift+T",),
        icon="view-follow",
        menu="View/Video",
        is_checkable=True,
        needs=Need.RUN,
    ),
    ActionSpec(
        key="picture_zoom_in",
        label="Zoom the video &in",
        tooltip="Enlarge the video",
        shortcut=("Ctrl+=", "Ctrl++"),
        menu="View/Video",
        starts_group=True,
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="picture_zoom_out",
        label="Zoom the video o&ut",
        tooltip="Make the video smaller",
        shortcut=("Ctrl+-",),
        menu="View/Video",
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="picture_fit",
        label="&Fit the video",
        tooltip="Fit the whole picture in the panel",
        shortcut=("Ctrl+0",),
        icon="fit",
        menu="View/Video",
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="picture_actual",
        label="&Actual size",
        tooltip="Show one video pixel per screen pixel",
        menu="View/Video",
        needs=Need.SOURCE,
    ),
)
