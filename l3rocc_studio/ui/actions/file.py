"""Opening, closing and leaving."""

from l3rocc_studio.ui.actions.spec import ActionSpec, Need

FILE_ACTIONS = (
    ActionSpec(key="open", label="&Open…", tooltip="Open a video", shortcut=("Ctrl+O",), icon="video", menu="File"),
    ActionSpec(
        key="open_folder",
        label="Open &folder…",
        tooltip="Open a folder of pictures, a dataset trajectory or a finished result",
        shortcut=("Ctrl+Shift+O",),
        icon="open",
        menu="File",
    ),
    ActionSpec(
        key="sample", label="&Try the sample", tooltip="Open the bundled sample video", icon="sample", menu="File"
    ),
    ActionSpec(
        key="project_open",
        label="Open pro&ject…",
        tooltip="Open a saved project with its result, views and marks",
        icon="project",
        menu="File",
        starts_group=True,
    ),
    ActionSpec(
        key="project_save",
        label="&Save project",
        tooltip="Save what is open, its settings, views and marks",
        shortcut=("Ctrl+S",),
        icon="save",
        menu="File",
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="project_save_as",
        label="Save project &as…",
        tooltip="Save the project to another file",
        shortcut=("Ctrl+Alt+S",),
        menu="File",
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="close_source",
        label="&Close",
        tooltip="Close the source and go back to the start page",
        shortcut=("Ctrl+W",),
        icon="close",
        menu="File",
        starts_group=True,
        needs=Need.SOURCE,
    ),
    ActionSpec(
        key="quit", label="&Quit", tooltip="Quit the program", shortcut=("Ctrl+Q",), menu="File", starts_group=True
    ),
)
