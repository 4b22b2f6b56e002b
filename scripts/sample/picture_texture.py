"""Pictures of things with a drawing on them: paintings, a rug, book spines, cushions, the view outside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scripts.sample.noise import fractal_noise, mix, smooth_noise, smooth_step
from scripts.sample.surface_texture import rgb

Picture = NDArray[np.float32]


def landscape(shape: tuple[int, int], sky: tuple[int, int], hills: tuple[int, ...], seed: int) -> Picture:
    """Layered hills under an evening sky, in brush strokes."""
    rng = np.random.default_rng(seed)
    h, w = shape
    y = np.linspace(0, 1, h, dtype=np.float32)[:, None] + 0.03 * fractal_noise(shape, (20, 60), rng, octaves=3)
    picture = mix(rgb(sky[0]), rgb(sky[1]), np.clip(y * 1.7, 0, 1))
    sun = np.hypot(np.arange(h)[:, None] - 0.3 * h, np.arange(w)[None] - rng.uniform(0.25, 0.75) * w)
    picture = mix(picture, rgb(0xFFF0C4), smooth_step(-0.09 * h, -0.07 * h, -sun))
    for layer, code in enumerate(hills):
        level = 0.42 + 0.5 * layer / len(hills)
        crest = level + 0.055 * fractal_noise((1, w), (1, w / 4), rng, octaves=5, gain=0.55)
        body = rgb(code) * (1 + 0.16 * fractal_noise(shape, (8, 22), rng, octaves=4, gain=0.8))[..., None]
        picture = mix(picture, body, smooth_step(0.0, 0.012, y - crest))
    return _framed_canvas(picture, rng)


def composition(shape: tuple[int, int], seed: int) -> Picture:
    """Discs and bars after the early abstract painters."""
    rng = np.random.default_rng(seed)
    h, w = shape
    palette = [rgb(c) for c in (0xC8452F, 0x2D4A7A, 0xE0B040, 0x1F2226, 0x3E7D6B, 0xD98C6A, 0x7A5A8C)]
    picture = rgb(0xE9DFC8) * (1 + 0.05 * fractal_noise(shape, (40, 40), rng, octaves=5))[..., None]
    yy, xx = np.mgrid[:h, :w]
    for _ in range(26):
        cy, cx = rng.uniform(0, h), rng.uniform(0, w)
        colour, size = palette[rng.integers(len(palette))], rng.uniform(0.05, 0.22) * h
        if rng.random() < 0.55:
            distance = np.hypot(yy - cy, xx - cx)
            ring = np.abs(distance - size * 0.7) - size * 0.3 if rng.random() < 0.5 else distance - size
        else:
            a = rng.uniform(0, np.pi)
            along, across = (xx - cx) * np.cos(a) + (yy - cy) * np.sin(a), (yy - cy) * np.cos(a) - (xx - cx) * np.sin(a)
            ring = np.maximum(np.abs(along) - size * 1.8, np.abs(across) - size * rng.uniform(0.05, 0.3))
        picture = mix(picture, colour, 0.88 * smooth_step(-1.0, 1.0, -ring))
    return _framed_canvas(picture, rng)


def mosaic(shape: tuple[int, int], colours: tuple[int, ...], num_cells: int, seed: int) -> Picture:
    """Irregular tiles of a palette with dark joints."""
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(0, 1, (num_cells, 2)) * shape
    yy, xx = np.mgrid[: shape[0], : shape[1]]
    distance, index = cKDTree(seeds).query(np.stack([yy, xx], axis=-1), k=2)
    tiles = np.stack([rgb(c) for c in colours])[rng.integers(0, len(colours), num_cells)]
    picture = tiles[index[..., 0]] * (1 + 0.10 * fractal_noise(shape, (14, 14), rng, octaves=4))[..., None]
    return mix(rgb(0x2A2622), picture, smooth_step(0.6, 2.4, distance[..., 1] - distance[..., 0]))


def _framed_canvas(picture: Picture, rng: np.random.Generator) -> Picture:
    """Add canvas weave and a pale mat around the painting."""
    h, w = picture.shape[:2]
    picture = picture * (1 + 0.03 * smooth_noise((h, w), (2, 2), rng))[..., None]
    edge = np.minimum.reduce(
        np.broadcast_arrays(
            np.arange(h)[:, None], np.arange(h)[::-1, None], np.arange(w)[None], np.arange(w)[None, ::-1]
        )
    )
    return np.clip(mix(rgb(0xEFEADF), picture, smooth_step(0.055 * h, 0.06 * h, edge)), 0, 1).astype(np.float32)


def rug(shape: tuple[int, int], seed: int) -> Picture:
    """A worn oriental rug: borders, a medallion, scattered flowers, wool noise."""
    rng = np.random.default_rng(seed)
    h, w = shape
    wobble = 0.004 * h * fractal_noise(shape, (30, 30), rng, octaves=3)
    yy, xx = np.mgrid[:h, :w].astype(np.float32)
    edge = np.minimum(np.minimum(yy, h - 1 - yy), np.minimum(xx, w - 1 - xx)) / h + wobble / h
    field = np.broadcast_to(rgb(0x8E2F2B), (h, w, 3))
    picture = mix(field, rgb(0x7A2A2C), smooth_step(-1, 1, fractal_noise(shape, (40, 60), rng)))
    medallion = np.abs(xx - w / 2) / (0.33 * w) + np.abs(yy - h / 2) / (0.36 * h)
    medallion += 0.05 * np.cos(14 * np.arctan2(yy - h / 2, xx - w / 2)) + wobble / h
    for limit, code in ((1.0, 0x2B3A57), (0.86, 0xC9A66B), (0.8, 0x3C4F6B), (0.45, 0xB5543F), (0.22, 0xE0CFA5)):
        picture = mix(picture, rgb(code), smooth_step(-0.01, 0.01, limit - medallion))
    for low, code in ((0.16, 0xD9C08A), (0.15, 0x26324B), (0.05, 0xC9A66B), (0.04, 0x6E2325)):
        picture = mix(picture, rgb(code), smooth_step(-0.003, 0.003, low - edge))
    picture = _strew_flowers(picture, rng, count=900)
    pile = 1 + 0.10 * fractal_noise(shape, (3, 3), rng, octaves=2) + 0.08 * fractal_noise(shape, (120, 90), rng)
    return np.clip(picture * pile[..., None], 0, 1).astype(np.float32)


def _strew_flowers(picture: Picture, rng: np.random.Generator, *, count: int) -> Picture:
    h, w = picture.shape[:2]
    palette = [rgb(c) for c in (0xE3C98F, 0xC26A4A, 0x47658C, 0xEFE3C2, 0x5F7D5A, 0x1F2A40)]
    yy, xx = np.mgrid[-16:17, -16:17].astype(np.float32)
    radius, angle = np.hypot(yy, xx), np.arctan2(yy, xx)
    for _ in range(count):
        y, x = int(rng.integers(17, h - 17)), int(rng.integers(17, w - 17))
        size, petals = rng.uniform(5, 13), rng.integers(3, 7)
        shape = size * (0.7 + 0.3 * np.cos(petals * angle + rng.uniform(0, 6)))
        view = picture[y - 16 : y + 17, x - 16 : x + 17]
        view[...] = mix(view, palette[rng.integers(len(palette))], 0.85 * smooth_step(-0.8, 0.8, shape - radius))
        view[...] = mix(view, palette[rng.integers(len(palette))], smooth_step(-0.8, 0.8, size * 0.25 - radius))
    return picture


def book_spine(colour: int, seed: int) -> Picture:
    """A spine 40 px wide and 256 px high: cloth, bands, a title in pseudo letters."""
    rng = np.random.default_rng(seed)
    h, w = 256, 40
    cloth = 1 + 0.08 * fractal_noise((h, w), (6, 6), rng, octaves=3) + 0.06 * fractal_noise((h, w), (80, 40), rng)
    picture = rgb(colour) * cloth[..., None]
    accent = (rgb(0xE8D9A8), rgb(0xF2EEE4), rgb(0x1D1D22), rgb(0xC89B4A))[rng.integers(4)]
    for position in rng.choice([14, 24, 200, 214, 228, 240], size=rng.integers(2, 5), replace=False):
        picture[position : position + rng.integers(2, 6)] = accent
    top, bottom = int(rng.integers(40, 70)), int(rng.integers(130, 190))
    for line in range(top, bottom, 9):
        width = rng.integers(14, 30)
        ink = rng.random((6, width)) < 0.62
        left = (w - width) // 2
        picture[line : line + 6, left : left + width][ink] = accent
    return np.clip(picture * (0.75 + 0.25 * np.sin(np.linspace(0.25, 2.9, w)))[None, :, None], 0, 1).astype(np.float32)


def garden(shape: tuple[int, int], seed: int) -> Picture:
    """Trees and sky out of focus, for behind the window."""
    rng = np.random.default_rng(seed)
    y = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    foliage = fractal_noise(shape, (40, 40), rng, octaves=4)
    picture = mix(rgb(0xD8E8F5), rgb(0xF4F6F2), y)
    return mix(
        picture, mix(rgb(0x8FAE70), rgb(0xC9DBA4), foliage * 0.3 + 0.5), smooth_step(-0.3, 0.5, foliage + 5 * y - 2)
    )


def printed_page(shape: tuple[int, int], colours: tuple[int, int, int], seed: int) -> Picture:
    """A magazine cover: a picture, a headline and lines of pseudo text."""
    rng = np.random.default_rng(seed)
    h, w = shape
    picture = mix(rgb(colours[0]), rgb(colours[1]), fractal_noise(shape, (h / 4, w / 3), rng) * 0.35 + 0.5)
    picture[int(0.06 * h) : int(0.18 * h), int(0.1 * w) : int(0.9 * w)][
        smooth_noise((int(0.18 * h) - int(0.06 * h), int(0.9 * w) - int(0.1 * w)), (30, 5), rng) > 0
    ] = rgb(colours[2])
    for line in range(int(0.7 * h), int(0.93 * h), 8):
        ink = rng.random(w - 20) < 0.55
        picture[line : line + 3, 10:-10][:, ink] = rgb(colours[2])
    return np.clip(picture, 0, 1).astype(np.float32)
