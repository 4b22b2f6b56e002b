"""Reads damaged files one after the other, with little memory, in a process that may die of it.

For each copy two lines of JSON are written: what comes, and how it ended. ``""`` is well.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psutil

from l3rocc_engine.errors import L3roccError
from tests.hostile.mutations import hostile_zips, mutated_bytes, mutated_json
from tests.hostile.readers import READERS, Reader, write_good_files

MEMORY_BYTES = 2 << 30
"""More than any of these small files may take, on top of what the libraries have mapped."""
SECONDS = 20
COMMAND = (sys.executable, "-c", f"import sys; from {__name__} import main; main(*sys.argv[1:])")


class Hangs(BaseException):
    """Raised in the middle of whatever takes too long."""


def main(place: str, *names: str) -> None:
    """Make the good files in a folder and read damaged copies of them; all readers, or those that are named."""
    warnings.simplefilter("ignore")
    folder = Path(place)
    write_good_files(folder)
    for reader in READERS.values():
        reader.read(folder) if reader.file != "weights.safetensors" else None
    _limit_memory()
    signal.signal(signal.SIGALRM, _on_alarm)
    for name in names or READERS:
        reader = READERS[name]
        path = folder / reader.file
        good = path.read_bytes()
        for what, data in _copies(reader, good, name):
            path.write_bytes(data)
            _say(reader=name, what=what)
            _say(reader=name, what=what, problem=_problem(reader, folder))
        path.write_bytes(good)
    _say(finished=True)


def _copies(reader: Reader, good: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    chance, count = random.Random(name), reader.count * int(os.environ.get("L3ROCC_MORE_CASES", "1"))
    if reader.kind == "json":
        yield from mutated_json(good.decode(), count, chance)
        yield from mutated_bytes(good, 12, chance)
        return
    yield from mutated_bytes(good, count, chance)
    if reader.kind == "zip":
        yield from hostile_zips(good)


def _problem(reader: Reader, folder: Path) -> str:
    before = psutil.Process().memory_info().rss
    signal.alarm(SECONDS)
    try:
        reader.read(folder)
    except L3roccError as error:
        return "" if error.message else "no sentence"
    except Hangs:
        return f"hangs: {traceback.format_exc()[-600:]}"
    except BaseException as error:  # noqa: BLE001  that is what is looked for
        return f"{type(error).__name__}: {error} {traceback.format_exc()[-900:]}"
    finally:
        signal.alarm(0)
    grown = psutil.Process().memory_info().rss - before
    return f"keeps {grown >> 20} MiB" if grown > MEMORY_BYTES // 4 else ""


def _limit_memory() -> None:
    bound = psutil.Process().memory_info().vms + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def _on_alarm(_signal: int, _frame: FrameType | None) -> None:
    raise Hangs


def _say(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()
