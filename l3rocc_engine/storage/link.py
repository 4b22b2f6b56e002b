"""A second name for a file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from l3rocc_engine.storage.folders import make_folders


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name without a second copy where the disk can do that, else copy it."""
    make_folders(target.parent)
    try:
        os.link(source, target)
    except (
        OSError
    ):  # another file system, or one that knows no hard links: the copy below says what is wrong, if anything
        shutil.copyfile(source, target)
