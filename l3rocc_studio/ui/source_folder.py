"""Where a person looks first for what was made of an input."""

from __future__ import annotations

import os
from pathlib import Path

from l3rocc_engine.frames.source import FrameSource
from l3rocc_studio.model.resource import resource


def folder_beside(source: FrameSource | None) -> Path | None:
    """Where the source lies, unless nothing can be written there or it is the sample that came with the program."""
    if source is None:
        return None
    folder = source.path.parent
    is_sample = folder == Path(str(resource("samples")))
    return folder if os.access(folder, os.W_OK) and not is_sample else None
