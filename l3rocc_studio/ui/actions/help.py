"""Finding out."""

from l3rocc_studio.ui.actions.spec import ActionSpec

HELP_ACTIONS = (
    ActionSpec(
        key="palette",
        label="&Command palette…",
        tooltip="Find any action by name",
        shortcut=("Ctrl+Shift+P", "Ctrl+K"),
        icon="search",
        menu="Help",
    ),
    ActionSpec(
        key="shortcuts",
        label="&Keyboard shortcuts",
        tooltip="List all shortcuts",
        shortcut=("F1",),
        icon="keyboard",
        menu="Help",
    ),
    ActionSpec(key="about", label="&About L3ROcc Studio", tooltip="Version and licences", icon="info", menu="Help"),
)
