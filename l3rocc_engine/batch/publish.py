"""Finished units become the folder that a person wanted: complete under its name, or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l3rocc_engine import __version__
from l3rocc_engine.batch.result import UnitResult, is_whole, sizes_below, unit_place
from l3rocc_engine.batch.settings import BatchSettings, Carry
from l3rocc_engine.batch.unit import BatchTarget, BatchUnit
from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.labels import CHANGED_METADATA, EpisodeLabels, labelled_metadata
from l3rocc_engine.errors import OutputError
from l3rocc_engine.frames.dataset_meta import read_dataset_meta
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import (
    REPLACED,
    atomic_folder,
    fsync_below,
    fsync_path,
    json_text,
    remove_leftovers,
    temporary_sibling,
    write_json,
    writing,
)
from l3rocc_engine.storage.folders import anchored, make_folders
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.link import link_or_copy

MANIFEST = layout.BATCH
FORMAT = "l3rocc-batch"
FORMAT_VERSION = 1
BACKUP_SUFFIX = ".before-l3rocc"


def published_place(target: BatchTarget, out: Path, settings: BatchSettings) -> Path:
    """Where a target's folder will be."""
    return target.root if settings.in_place and target.is_dataset else out / target.name


def backup_place(root: Path) -> Path:
    """Where the original of a dataset that was labelled in place is kept."""
    return root.with_name(f".{root.name}{BACKUP_SUFFIX}")


def is_published(target: BatchTarget, place: Path, settings: BatchSettings, hashes: Mapping[str, str | None]) -> bool:
    """Whether the folder is there, whole, and made of these inputs with these settings."""
    manifest = read_batch_manifest(place)
    if manifest is None or manifest.get("settings") != settings.digest(is_dataset=target.is_dataset):
        return False
    units = manifest.get("units")
    if not isinstance(units, dict) or set(units) != {unit.name for unit in target.units}:
        return False
    # What was labelled in place is its own input now; its files say by themselves whether they were touched.
    if not settings.in_place and any(units[name].get("input_hash") != found for name, found in hashes.items()):
        return False
    files = manifest.get("files")
    return isinstance(files, dict) and is_whole(place, files)


def result_folder(result: UnitResult, unit: BatchUnit, out: Path, place: Path) -> Path | None:
    """Where the finished files of a unit are, whole: among the working files, or published before; None if nowhere."""
    folders = (unit_place(out, unit).result, place)
    return next((folder for folder in folders if result.files and is_whole(folder, result.files)), None)


def read_batch_manifest(place: Path) -> dict[str, Any] | None:
    """What a published folder says of itself, or None if it is none."""
    try:
        manifest = read_json(place / MANIFEST)
    except (OSError, ValueError):
        return None
    is_ours = isinstance(manifest, dict) and manifest.get("format") == FORMAT
    return manifest if is_ours and manifest.get("format_version") == FORMAT_VERSION else None


def recover_in_place(root: Path) -> None:
    """Bring datasets back that were set aside when the program was killed between two renames; before listing.

    Raises
    ------
    OutputError
        If one cannot be renamed.
    """
    for parent, folders, _ in os.walk(root):
        for name in folders:
            if name.startswith(".") and name.endswith(BACKUP_SUFFIX):
                original = Path(parent) / name[1 : -len(BACKUP_SUFFIX)]
                if not original.exists():
                    with writing(original):
                        os.replace(Path(parent) / name, original)
        folders[:] = [name for name in folders if not name.startswith(".")]


def publish(target: BatchTarget, out: Path, settings: BatchSettings, place: Path, cancel: CancelToken) -> None:
    """Make the folder out of the finished results of its units, whose working files go then.

    Of a dataset with several episodes the notes stay, so that one that has to be redone later does not take the others
    with it.

    Raises
    ------
    OutputError
        If it cannot be written, or a result is not there; what is there stays for the next time.
    Cancelled
        If asked to stop.
    """
    finished = {unit.name: _finished(unit, out, place) for unit in target.units}
    if settings.in_place and target.is_dataset:
        _replace_original(target, settings, finished, place, cancel)
    else:
        with writing(place):
            make_folders(place.parent)
        with atomic_folder(place, overwrite=True) as folder:
            _fill(folder, target, settings, finished, cancel)
    for unit in target.units:
        own = unit_place(out, unit)
        shutil.rmtree(own.result if target.has_several else own.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    result: UnitResult
    folder: Path


def _finished(unit: BatchUnit, out: Path, place: Path) -> _Finished:
    result = unit_place(out, unit).read()
    folder = None if result is None else result_folder(result, unit, out, place)
    if result is None or folder is None:
        raise OutputError(f"The finished files of {unit.name} are gone from {out}.", "Run the batch again.")
    return _Finished(result=result, folder=folder)


def _replace_original(
    target: BatchTarget, settings: BatchSettings, finished: Mapping[str, _Finished], place: Path, cancel: CancelToken
) -> None:
    """The labelled dataset takes the original's name; the original stays beside it under a hidden one."""
    with writing(place):
        remove_leftovers(place)
    backup, fresh = backup_place(place), temporary_sibling(place)
    is_labelled_again = backup.exists()  # then the first original is the one to keep
    aside = temporary_sibling(place, REPLACED) if is_labelled_again else backup
    try:
        with writing(place):
            fresh.mkdir()
            with anchored(fresh):
                _fill(fresh, target, settings, finished, cancel)
            fsync_below(fresh)
            os.replace(place, aside)
            os.replace(fresh, place)
            fsync_path(place.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    if is_labelled_again:
        shutil.rmtree(aside, ignore_errors=True)


def _fill(
    folder: Path,
    target: BatchTarget,
    settings: BatchSettings,
    finished: Mapping[str, _Finished],
    cancel: CancelToken,
) -> None:
    results = {name: each.result for name, each in finished.items()}
    for each in finished.values():
        _move_in(each, folder)
    if target.is_dataset:
        _carry_rest(target.root, folder, _carrier(settings), cancel)
        _write_metadata(target, folder, results)
    units = {
        name: {"input_hash": result.input_hash, "seconds": result.seconds, **dict(result.facts)}
        for name, result in results.items()
    }
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program_version": __version__,
        "settings": settings.digest(is_dataset=target.is_dataset),
        "config": settings.config.to_dict(),
        "source": str(target.root),
        "units": units,
        "files": sizes_below(folder),
    }
    write_json(folder / MANIFEST, manifest)


def _move_in(finished: _Finished, folder: Path) -> None:
    """Second names for the finished files: should anything stop here, they are still where they were."""
    for name in finished.result.files:
        link_or_copy(finished.folder / name, folder / name)


def _carrier(settings: BatchSettings) -> Callable[[Path, Path], object]:
    if settings.in_place or settings.carry is Carry.LINK:
        return link_or_copy
    if settings.carry is Carry.COPY:
        return shutil.copy2
    return lambda source, target: target.symlink_to(source)


def _carry_rest(root: Path, folder: Path, carry: Callable[[Path, Path], object], cancel: CancelToken) -> None:
    for path in _files_below(root):
        cancel.check()
        relative = path.relative_to(root)
        target = folder / relative
        if relative.as_posix() in (*CHANGED_METADATA, MANIFEST) or target.exists():
            continue
        make_folders(target.parent)
        if path.is_file():
            carry(path, target)
        elif path.is_symlink():  # leads nowhere, there as here
            target.symlink_to(path.readlink())


def _files_below(root: Path) -> Iterable[Path]:
    """Every file, links to files included; folders that are links are not entered, so that none leads in a circle."""

    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(root, onerror=refuse):
        folders.sort()
        yield from (Path(parent) / name for name in sorted(files))


def _write_metadata(target: BatchTarget, folder: Path, results: Mapping[str, UnitResult]) -> None:
    meta = read_dataset_meta(target.root)
    labels = {}
    for result in results.values():
        if result.labels is not None:
            label = EpisodeLabels(**result.labels)
            labels[label.episode_idx] = label
    info, episodes, stats = labelled_metadata(meta.info, meta.episodes, meta.stats, labels)
    with suppress(FileNotFoundError):
        (folder / CHANGED_METADATA[0]).unlink()
    for name, lines in zip(CHANGED_METADATA[1:], (episodes, stats), strict=True):
        text = "".join(json_text(line) + "\n" for line in lines)
        make_folders((folder / name).parent)
        (folder / name).write_text(text, encoding="utf-8")
    write_json(folder / CHANGED_METADATA[0], info, indent=4)
