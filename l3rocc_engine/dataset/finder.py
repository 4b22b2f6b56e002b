"""Dataset folders below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from l3rocc_engine.dataset.layout import INFO
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken

SEARCH_DEPTH = 6


def find_datasets(
    places: Iterable[Path], *, leaving_out: Path | None = None, cancel: CancelToken | None = None
) -> tuple[Path, ...]:
    """Datasets that the places are or hold, each once, in the order of the places and then of names.

    A dataset is a folder with ``meta/info.json``; it is not searched further. Hidden folders are left out, and symbolic
    links to folders are not followed.

    Parameters
    ----------
    places
        Datasets, or folders above them.
    leaving_out
        A dataset that does not count, such as the one that is about to be replaced.
    cancel
        The wish to stop.

    Raises
    ------
    InputError
        A place is missing, holds no dataset, or a dataset is met twice.
    Cancelled
        If asked to stop.
    """
    skipped = None if leaving_out is None else leaving_out.resolve()
    found: dict[Path, Path] = {}
    for place in places:
        if not place.is_dir():
            raise InputError(f"{place} is not a folder.", "Give datasets, or folders that hold some.")
        below = [path for path in _walk(place, cancel or CancelToken()) if path.resolve() != skipped]
        if not below:
            raise InputError(
                f"{place} holds no dataset: no folder in it has {INFO}.", "Give datasets, or their folder."
            )
        for path in below:
            if path.resolve() in found:
                raise InputError(f"{path} is named twice.", "Give each dataset once.")
            found[path.resolve()] = path
    return tuple(found.values())


def _walk(root: Path, cancel: CancelToken) -> Iterator[Path]:
    for name, folders, _ in os.walk(root):
        cancel.check()
        here = Path(name)
        if (here / INFO).is_file():
            folders.clear()
            yield here
            continue
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        if len(here.relative_to(root).parts) >= SEARCH_DEPTH:
            folders.clear()
