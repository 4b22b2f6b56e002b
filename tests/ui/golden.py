"""Compares what is on the screen with a small picture of how it looked when it was right.

Pictures are kept at an eighth of the size: fonts and software renderers differ by machine in single pixels, and what
moves, vanishes or changes its colour shows all the same. ``L3ROCC_UPDATE_GOLDEN=1`` writes them anew; look at them
before they are committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage

FOLDER = Path(__file__).parent / "golden"
SHRINK = 8
MEAN_LIMIT, BLOCK_LIMIT, BLOCK_SHARE = 4.0, 48.0, 0.02
"""Levels of 255: the mean difference, and how large it may be in all but a share of the blocks."""


def shrunk(image: QImage) -> NDArray[np.float32]:
    """Block means (H/8, W/8, 3) of a picture."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    pixels = rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).astype(np.float32)
    height, width = pixels.shape[0] // SHRINK, pixels.shape[1] // SHRINK
    blocks = pixels[: height * SHRINK, : width * SHRINK].reshape(height, SHRINK, width, SHRINK, 3)
    return blocks.mean(axis=(1, 3))


def assert_looks_as(name: str, image: QImage) -> None:
    """Fail where a picture differs from the kept one; the new one is left beside it as ``NAME.new.png``."""
    path, found = FOLDER / f"{name}.png", shrunk(image)
    if os.environ.get("L3ROCC_UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        Image.fromarray(found.round().astype(np.uint8)).save(path, optimize=True)
        return
    wanted = np.asarray(Image.open(path).convert("RGB"), np.float32)
    assert found.shape == wanted.shape, f"{name}: {found.shape} instead of {wanted.shape}"
    difference = np.abs(found - wanted).mean(axis=2)
    share = float((difference > BLOCK_LIMIT).mean())
    if difference.mean() > MEAN_LIMIT or share > BLOCK_SHARE:
        Image.fromarray(found.round().astype(np.uint8)).save(path.with_suffix(".new.png"))
        raise AssertionError(f"{name} looks different: mean {difference.mean():.1f}, {share:.1%} of it by much")
