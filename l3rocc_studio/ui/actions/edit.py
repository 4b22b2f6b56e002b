"""Taking back and doing again."""

from l3rocc_studio.ui.actions.spec import ActionSpec

EDIT_ACTIONS = (
    ActionSpec(
        key="undo", label="&Undo", tooltip="Undo the last change", shortcut=("Ctrl+Z",), icon="undo", menu="Edit"
    ),
    ActionSpec(
        key="redo",
        label="&Redo",
        tooltip="Redo the last undone change",
        shortcut=("Ctrl+Shift+Z", "Ctrl+Y"),
        icon="redo",
        menu="Edit",
    ),
    ActionSpec(
        key="settings",
        label="&Settings…",
        tooltip="Theme, shortcuts and disk space",
        shortcut=("Ctrl+,",),
        icon="settings",
        menu="Edit",
        starts_group=True,
    ),
)
