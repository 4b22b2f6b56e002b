"""Which folders an export may take the place of."""

from __future__ import annotations

from pathlib import Path

from l3rocc_engine.errors import OutputError


def check_folder(out: Path, *, mark: str, kind: str, overwrite: bool) -> bool:
    """Refuse a folder that is in the way: only an empty one, or an older export of the same kind, gives way.

    Parameters
    ----------
    out
        The folder to make.
    mark
        A file that every export of this kind holds, relative to ``out``.
    kind
        What the export is, for the sentence: "a COLMAP model".
    overwrite
        Whether an older export may be replaced.

    Returns
    -------
    bool
        Whether something is there that the export replaces.

    Raises
    ------
    OutputError
        If something else is there.
    """
    if not out.exists():
        return False
    if not out.is_dir():
        raise OutputError(f"{out} is a file; the result becomes a folder.", "Give the name of a folder.")
    if not any(out.iterdir()):
        return True
    if not overwrite:
        raise OutputError(f"{out} already exists.", "Choose another folder, or pass --overwrite.")
    if not (out / mark).exists():
        raise OutputError(f"{out} is not {kind} and is not replaced.", "Choose another folder, or empty it first.")
    return True


def check_new_file(out: Path, *, overwrite: bool) -> None:
    """Refuse a file name that is taken.

    Raises
    ------
    OutputError
        If ``out`` is a folder, or exists and ``overwrite`` is false.
    """
    if out.is_dir():
        raise OutputError(f"{out} is a folder.", f"Give the name of a file, such as {out.name}/cloud{out.suffix}.")
    if out.exists() and not overwrite:
        raise OutputError(f"{out} already exists.", "Choose another name, or pass --overwrite.")
