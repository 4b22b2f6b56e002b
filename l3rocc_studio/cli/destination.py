"""Where a command will write: looked at before the work begins, so that hours are not lost at the end."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from l3rocc_engine.errors import Cancelled, OutputError
from l3rocc_engine.pipeline import has_finished_stage
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.process_note import is_running, note_of_this_process
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.cli.stopping import NOTHING_FINISHED

WORK_SUFFIX = ".l3rocc-work"


@contextmanager
def work_folder_of(out: Path) -> Iterator[Path]:
    """The folder beside ``out`` that keeps the stages; it goes when the work is done or no stage was finished.

    Raises
    ------
    OutputError
        If nothing can be written there, or another process is at work in it.
    Cancelled
        As the work was; it says where the finished stages are.
    """
    work = work_folder(out)
    owner = work / "owner.json"
    try:
        work.mkdir(parents=True, exist_ok=True)
        other = _living_owner(owner)
        if other is None:
            owner.write_text(json.dumps(note_of_this_process()))
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror}.", "Choose another folder with --out.") from error
    if other is not None:
        raise OutputError(
            f"Another run is making {out} already (process {other}).", "Wait for it, or choose another folder."
        )
    is_done = False
    try:
        yield work
        is_done = True
    except Cancelled as cancelled:
        raise Cancelled(_stopped_text(work)) from cancelled
    finally:
        owner.unlink(missing_ok=True)
        if is_done or not has_finished_stage(work):
            shutil.rmtree(work, ignore_errors=True)


def _stopped_text(work: Path) -> str:
    if not has_finished_stage(work):
        return NOTHING_FINISHED
    size = sum(file.stat().st_size for file in work.rglob("*") if file.is_file())
    return f"Stopped on request. The finished stages are kept in {work} ({readable_size(size)})."


def _living_owner(owner: Path) -> int | None:
    """The process that works in a folder now; None if that one has ended, was killed, or is this one."""
    try:
        noted = read_json(owner)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(noted, dict) or not is_running(noted) or noted["pid"] == os.getpid():
        return None
    return int(noted["pid"])


def work_folder(out: Path) -> Path:
    """Where the stages of a run that will become ``out`` are kept until it is finished."""
    return out.parent / f".{out.name}{WORK_SUFFIX}"


def check_file(out: Path, *, suffix: str, overwrite: bool) -> None:
    """Refuse a file name that cannot be written.

    Raises
    ------
    OutputError
        If it has another suffix, exists, is a folder, or its folder is not one.
    """
    if out.suffix.lower() != suffix:
        raise OutputError(f"{out.name} is not a name that ends in {suffix}.", f"Give a file such as demo{suffix}.")
    if out.is_dir():
        raise OutputError(f"{out} is a folder.", f"Give the name of a file, such as {out.name}{suffix}.")
    if out.exists() and not overwrite:
        raise OutputError(f"{out} already exists.", "Choose another name, or pass --overwrite.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror}.", "Choose another folder.") from error
