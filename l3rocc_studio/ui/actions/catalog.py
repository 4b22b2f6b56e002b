"""All actions, in the order of the menus."""

from l3rocc_studio.model.words import N_
from l3rocc_studio.ui.actions.camera import CAMERA_ACTIONS
from l3rocc_studio.ui.actions.camera_path import CAMERA_PATH_ACTIONS
from l3rocc_studio.ui.actions.edit import EDIT_ACTIONS
from l3rocc_studio.ui.actions.export import EXPORT_ACTIONS
from l3rocc_studio.ui.actions.file import FILE_ACTIONS
from l3rocc_studio.ui.actions.help import HELP_ACTIONS
from l3rocc_studio.ui.actions.measure import MEASURE_ACTIONS
from l3rocc_studio.ui.actions.picture import PICTURE_ACTIONS
from l3rocc_studio.ui.actions.playback import PLAYBACK_ACTIONS
from l3rocc_studio.ui.actions.process import PROCESS_ACTIONS
from l3rocc_studio.ui.actions.queue import QUEUE_ACTIONS
from l3rocc_studio.ui.actions.setting import SETTING_ACTIONS
from l3rocc_studio.ui.actions.spec import ActionSpec
from l3rocc_studio.ui.actions.view import VIEW_ACTIONS

MENUS = {
    "File": N_("&File"),
    "Edit": N_("&Edit"),
    "Process": N_("&Process"),
    "Queue": N_("&Queue"),
    "Playback": N_("Play&back"),
    "View": N_("&View"),
    "Measure": N_("&Measure"),
    "Export": N_("E&xport"),
    "Help": N_("&Help"),
}
"""Menus in order, with the titles in the menu bar."""
PLACES = {**MENUS, "Settings": N_("Settings")}
"""Where actions stand: in a menu, or where the command palette alone leads."""
SUBMENUS = (
    N_("Cloud panel"),
    N_("Occupancy panel"),
    N_("Saved views"),
    N_("Camera path"),
    N_("Video"),
    N_("Window"),
    N_("Theme"),
    N_("Language"),
    N_("General"),
    N_("Shortcuts"),
    N_("Disk space"),
)
"""Last parts of menu names, to be translated where the menus are made."""
ACTIONS: tuple[ActionSpec, ...] = (
    *FILE_ACTIONS,
    *EDIT_ACTIONS,
    *PROCESS_ACTIONS,
    *QUEUE_ACTIONS,
    *PLAYBACK_ACTIONS,
    *CAMERA_PATH_ACTIONS,
    *CAMERA_ACTIONS,
    *PICTURE_ACTIONS,
    *VIEW_ACTIONS,
    *MEASURE_ACTIONS,
    *EXPORT_ACTIONS,
    *HELP_ACTIONS,
    *SETTING_ACTIONS,
)
