"""Whether an input is still the one that was processed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from l3rocc_engine.batch.unit import BatchTarget

_EPISODE = re.compile(r"episode_([0-9]+)")


def input_hashes(target: BatchTarget) -> Mapping[str, str | None]:
    """Hash of names, sizes and times of change of the files that each unit of a target is made of, by the unit's name.

    Files that carry the number of an episode count for that episode, all others, the metadata among them, for every
    episode. The folder is walked once, however many episodes it holds.

    Returns
    -------
    Mapping[str, str | None]
        32 hexadecimal digits each; None where the input cannot be read, or is gone.
    """
    try:
        lines = [(_episode_of(name), line) for name, line in _lines(target.root)]
    except OSError:
        return dict.fromkeys((unit.name for unit in target.units), None)
    common, own = hashlib.sha256(), {unit.episode: hashlib.sha256(str(unit.episode).encode()) for unit in target.units}
    for episode, line in lines:
        (own.get(episode, common) if target.has_several else common).update(line)
    shared = common.digest()
    for digest in own.values():
        digest.update(shared)
    return {unit.name: own[unit.episode].hexdigest()[:32] for unit in target.units}


def _episode_of(name: str) -> int | None:
    found = _EPISODE.search(name)
    return int(found[1]) if found else None


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    for file in _files(path):
        facts = file.stat() if file.exists() else file.lstat()
        name = file.relative_to(path).as_posix() if file != path else file.name
        yield name, b"%b\0%d\0%d\n" % (os.fsencode(name), facts.st_size, facts.st_mtime_ns)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise FileNotFoundError(path)

    def refuse(error: OSError) -> None:
        raise error

    for folder, folders, files in os.walk(path, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(files) if not name.startswith("."))
