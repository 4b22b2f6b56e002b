"""Where a dataset may be written; asked before the work begins as well, so that hours are not lost at the end."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.dataset import layout
from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.replacing import check_folder


def check_destination(out: Path, source: Path, *, overwrite: bool) -> None:
    """Refuse a folder that is in the way: one that is no dataset, or that holds the input itself.

    Parameters
    ----------
    out
        Becomes the dataset's folder itself.
    source
        The input's file or folder.
    overwrite
        Whether an existing dataset may be replaced; other folders never are.

    Raises
    ------
    OutputError
        If ``out`` is a file, exists, is no dataset, or holds the input.
    """
    is_filled = out.is_dir() and any(out.iterdir())
    if is_filled and overwrite and source.resolve().is_relative_to(out.resolve()):
        raise OutputError(f"{out} holds the input {source.name} itself.", "Choose another folder.")
    check_folder(out, mark=layout.INFO, kind="a dataset", overwrite=overwrite)
