"""Which weights a file holds, told quickly."""

from __future__ import annotations

import hashlib
from pathlib import Path

SAMPLES, SAMPLE_BYTES = 256, 4096


def weights_identity(file: Path) -> str:
    """Short hash of a weights file by its size, header and evenly spread blocks of its values; takes milliseconds.

    Empty where the file cannot be read: whoever loads it says what is wrong.
    """
    digest = hashlib.sha256()
    try:
        size = file.stat().st_size
        digest.update(str(size).encode())
        with file.open("rb") as stream:
            for number in range(SAMPLES):
                stream.seek(max(0, size - SAMPLE_BYTES) * number // (SAMPLES - 1))
                digest.update(stream.read(SAMPLE_BYTES))
    except OSError:
        return ""
    return digest.hexdigest()[:16]
