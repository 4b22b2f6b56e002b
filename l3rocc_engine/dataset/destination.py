"""Where a dataset may be written; asked before the work begins as well, so that hours are not lost at the end."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.dataset import layout
from l3rocc_engine.errors import OutputError


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
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out} is a file; the dataset becomes a folder.", "Give the name of a folder.")
    if not any(out.iterdir()):
        return
    if not overwrite:
        raise OutputError(f"{out} exists already.", "Choose another folder, or pass --overwrite.")
    if source.resolve().is_relative_to(out.resolve()):
        raise OutputError(f"{out} holds the input {source.name} itself.", "Choose another folder.")
    if not (out / layout.RUN).is_file() and not (out / layout.INFO).is_file():
        raise OutputError(f"{out} is not a dataset and is not replaced.", "Choose another folder, or empty it first.")
