"""A small file that says it is a picture of thousands of millions of pixels."""

from __future__ import annotations

import zlib
from pathlib import Path

from PIL import Image


def write_absurd_picture(path: Path) -> Path:
    """Write a PNG whose header is whole and states 60,000 by 60,000 pixels."""
    Image.new("RGB", (8, 8)).save(path)
    content = bytearray(path.read_bytes())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    path.write_bytes(content)
    return path
