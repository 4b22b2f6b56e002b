"""What happens to files: cut off, turned bits, numbers out of all proportion, and what somebody does on purpose."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

HOSTILE_VALUES: tuple[Any, ...] = (
    None,
    -1,
    0,
    2**31,
    2**63,
    10**40,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "../../../../../../tmp/escaped",
    "/etc/passwd",
    "\x00",
    "\ud800",
    "a" * 5000,
    [],
    [[[]]],
    {},
    True,
    [1] * 1000,
    {"a": {"b": []}},
)
"""What takes the place of a value in JSON."""


def mutated_bytes(data: bytes, count: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """``count`` damaged copies of a file, with what was done to each."""
    yield "empty", b""
    yield "one byte", data[:1]
    yield "zeros", bytes(len(data))
    yield "twice", data + data
    kinds: tuple[Callable[[bytes, random.Random], tuple[str, bytes]], ...] = (_cut, _flip, _flip, _fill, _insert, _head)
    for number in range(count):
        yield kinds[number % len(kinds)](data, chance)


def _cut(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data))
    return f"cut at {at}", data[:at]


def _flip(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    changed, places = bytearray(data), [chance.randrange(len(data)) for _ in range(chance.choice((1, 3, 20)))]
    for place in places:
        changed[place] ^= 1 << chance.randrange(8)
    return f"bits at {places[:3]}", bytes(changed)


def _fill(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at, length, byte = chance.randrange(len(data)), chance.choice((4, 8, 64)), chance.choice((0, 0x7F, 0xFF))
    return f"{length} x {byte:#x} at {at}", data[:at] + bytes([byte]) * length + data[at + length :]


def _insert(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data))
    return f"inserted at {at}", data[:at] + chance.randbytes(7) + data[at:]


def _head(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Headers are where the sizes are."""
    at, byte = chance.randrange(min(len(data), 200)), chance.choice((0, 0x7F, 0xFF, 0x39))
    return f"{byte:#x} at {at} of the head", data[:at] + bytes([byte]) * 4 + data[at + 4 :]


def mutated_json(text: str, count: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Copies of a JSON text in which one value each is something else; a text of lines is taken line by line."""
    yield "deep", b"[" * 100_000
    yield "a list", b"[]"
    yield "a number", b"7"
    yield "huge number", b"9" * 6000
    yield "no text", b"\xff\xfe{}"
    lines = [json.loads(line) for line in text.splitlines()] if text.startswith('{"') else [json.loads(text)]
    for _ in range(count):
        copies = json.loads(json.dumps(lines))
        holder: Any = {"": copies[chance.randrange(len(copies))]}
        key: Any = ""
        root = holder
        while chance.random() < 0.8 and isinstance(holder[key], dict | list) and holder[key]:
            holder = holder[key]
            key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        value = chance.choice(HOSTILE_VALUES)
        if chance.random() < 0.15 and isinstance(holder, dict):
            del holder[key]
            what = f"without {key!r}"
        else:
            holder[key] = value
            what = f"{key!r} = {str(value)[:30]}"
        changed = [root.get("")] if len(copies) == 1 else copies
        yield what, "\n".join(json.dumps(line) for line in changed).encode()


def hostile_zips(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Archives of arrays that lie about themselves."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, content in members.items():
        yield f"{name} is a bomb", _zip({**members, name: content[:128] + bytes(150 << 20)}, deflated=True)
        break
    for name in members:
        for shape in ("(999999999999,)", "(4294967295, 4294967295, 16)", "(-5,)", "()", "(0,)"):
            yield f"{name} says {shape}", _zip({**members, name: _npy("<f4", shape)})
        yield (
            f"{name} is pickled",
            _zip({**members, name: _npy("|O", "(1,)", b"cos\nsystem\n(S'touch /tmp/pwned'\ntR.")}),
        )
        yield f"{name} is text", _zip({**members, name: _npy("<U4", "(2,)", "abcdabcd".encode("utf-32-le"))})
        yield f"{name} is no array", _zip({**members, name: b"hello"})
        yield f"without {name}", _zip({key: value for key, value in members.items() if key != name})
    yield "path that leads out", _zip({**members, "../../../../tmp/escaped.npy": next(iter(members.values()))})
    yield "nothing in it", _zip({})


def _npy(dtype: str, shape: str, data: bytes = b"") -> bytes:
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + (data or bytes(64))


def _zip(members: dict[str, bytes], *, deflated: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()
