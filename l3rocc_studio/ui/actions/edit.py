"""Taking back and doing again."""

from l3rocc_studio.ui.actions.spec import ActionSpec

EDIT_ACTIONS = (
    ActionSpec(
        key="undo", label="&Undo", tooltip="Take the last change back", shortcut=("Ctrl+Z",), icon="undo", menu="Edit"
    ),
    ActionSpec(
        key="redo",
        label="&Redo",
        tooltip="Do again what was taken back",
        shortcut=("Ctrl+Shift+Z", "Ctrl+Y"),
        icon="redo",
        menu="Edit",
    ),
    ActionSpec(
        key="settings",
        label="&Settings…",
        tooltip="Look, keys and disk space",
        shortcut=("Ctrl+,",),
        icon="settings",
        menu="Edit",
        starts_group=True,
    ),
)
