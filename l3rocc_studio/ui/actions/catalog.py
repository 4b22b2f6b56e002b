"""All actions, in the order of the menus."""

from l3rocc_studio.ui.actions.camera import CAMERA_ACTIONS
from l3rocc_studio.ui.actions.edit import EDIT_ACTIONS
from l3rocc_studio.ui.actions.export import EXPORT_ACTIONS
from l3rocc_studio.ui.actions.file import FILE_ACTIONS
from l3rocc_studio.ui.actions.help import HELP_ACTIONS
from l3rocc_studio.ui.actions.measure import MEASURE_ACTIONS
from l3rocc_studio.ui.actions.picture import PICTURE_ACTIONS
from l3rocc_studio.ui.actions.playback import PLAYBACK_ACTIONS
from l3rocc_studio.ui.actions.process import PROCESS_ACTIONS
from l3rocc_studio.ui.actions.queue import QUEUE_ACTIONS
from l3rocc_studio.ui.actions.spec import ActionSpec
from l3rocc_studio.ui.actions.view import VIEW_ACTIONS

MENUS = ("File", "Edit", "Process", "Queue", "Playback", "View", "Measure", "Export", "Help")
ACTIONS: tuple[ActionSpec, ...] = (
    *FILE_ACTIONS,
    *EDIT_ACTIONS,
    *PROCESS_ACTIONS,
    *QUEUE_ACTIONS,
    *PLAYBACK_ACTIONS,
    *CAMERA_ACTIONS,
    *PICTURE_ACTIONS,
    *VIEW_ACTIONS,
    *MEASURE_ACTIONS,
    *EXPORT_ACTIONS,
    *HELP_ACTIONS,
)
