"""Pictures of materials: wood, plaster, brick, wallpaper, cloth, cardboard. All sRGB float32 in [0, 1]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scripts.sample.noise import fractal_noise, mix, smooth_noise, smooth_step

Picture = NDArray[np.float32]


def rgb(code: int) -> NDArray[np.float32]:
    """Colour (3,) of a 0xRRGGBB number."""
    return np.array([code >> 16 & 255, code >> 8 & 255, code & 255], dtype=np.float32) / 255.0


def wood(shape: tuple[int, int], light: int, dark: int, seed: int, *, px_per_m: float = 300.0) -> Picture:
    """Grain along the columns: long fibres, growth bands and a few dark pores."""
    rng = np.random.default_rng(seed)
    m = px_per_m
    warp = fractal_noise(shape, (0.10 * m, 0.7 * m), rng, octaves=3)
    rows = np.arange(shape[0], dtype=np.float32)[:, None] / m
    bands = np.sin(2 * np.pi * (rows * 22.0 + warp * 0.9))
    fibres = fractal_noise(shape, (0.012 * m, 0.25 * m), rng, octaves=4, gain=0.8)
    blotches = fractal_noise(shape, (0.12 * m, 0.25 * m), rng, octaves=4)
    share = 0.40 + 0.12 * bands + 0.15 * fibres + 0.12 * blotches
    picture = mix(rgb(light), rgb(dark), share)
    pores = smooth_noise(shape, (max(1.0, 0.005 * m), 0.035 * m), rng)
    return np.clip(picture * (1 - 0.35 * smooth_step(1.5, 2.6, pores))[..., None], 0, 1)


def plank_floor(size_m: tuple[float, float], px_per_m: float, seed: int) -> Picture:
    """Oak boards along the columns: every board has its own tone, grain and length; dark joints."""
    rng = np.random.default_rng(seed)
    h, w = round(size_m[1] * px_per_m), round(size_m[0] * px_per_m)
    picture = np.zeros((h, w, 3), dtype=np.float32)
    stock = wood((1400, 2600), 0xCDA678, 0x8E653F, seed + 1, px_per_m=px_per_m)
    row_step = 0.145 * px_per_m
    for row in range(int(np.ceil(h / row_step))):
        top, bottom = round(row * row_step), min(h, round((row + 1) * row_step))
        left = -int(rng.uniform(0, 1.2) * px_per_m)
        while left < w:
            right = left + int(rng.uniform(0.7, 1.9) * px_per_m)
            a, b = max(left, 0), min(right, w)
            if b > a:
                oy, ox = rng.integers(0, 1400 - (bottom - top)), rng.integers(0, 2600 - (b - a))
                board = stock[oy : oy + bottom - top, ox : ox + b - a]
                tone = rng.uniform(0.72, 1.12) * (1 + rng.uniform(-0.05, 0.05, 3) * [1, 0.3, -1])
                picture[top:bottom, a:b] = board * tone
                picture[top:bottom, b - 1 : b] *= 0.45
            left = right
        picture[top : top + 1] *= 0.45
    return np.clip(picture, 0, 1)


def limewash(size_m: tuple[float, float], px_per_m: float, base: int, seed: int, *, strength: float = 1.0) -> Picture:
    """Hand-brushed lime paint: clouds, brush strokes, fine grain and small stains."""
    rng = np.random.default_rng(seed)
    shape = (round(size_m[1] * px_per_m), round(size_m[0] * px_per_m))
    clouds = fractal_noise(shape, (0.35 * px_per_m, 0.35 * px_per_m), rng, octaves=6, gain=0.72)
    strokes = fractal_noise(shape, (0.018 * px_per_m, 0.13 * px_per_m), rng, octaves=3)
    strokes2 = fractal_noise(shape, (0.13 * px_per_m, 0.018 * px_per_m), rng, octaves=3)
    crossing = np.where(smooth_noise(shape, (0.2 * px_per_m, 0.2 * px_per_m), rng) > 0, strokes, strokes2)
    stains = smooth_step(1.7, 3.0, fractal_noise(shape, (0.06 * px_per_m, 0.06 * px_per_m), rng, octaves=4))
    shade = 1 + strength * (0.055 * clouds + 0.045 * crossing - 0.16 * stains)
    tint = clouds[..., None] * np.array([0.012, 0.0, -0.016], dtype=np.float32) * strength
    return np.clip(rgb(base) * shade[..., None] + tint, 0, 1).astype(np.float32)


def brick(size_m: tuple[float, float], px_per_m: float, seed: int) -> Picture:
    """Old bricks, each with its own colour and worn edges, in light mortar."""
    rng = np.random.default_rng(seed)
    h, w = round(size_m[1] * px_per_m), round(size_m[0] * px_per_m)
    y = np.arange(h, dtype=np.float32)[:, None] / px_per_m + 0.006 * smooth_noise((h, w), (40, 40), rng)
    x = np.arange(w, dtype=np.float32)[None, :] / px_per_m + 0.006 * smooth_noise((h, w), (40, 40), rng)
    row = np.floor(y / 0.075).astype(int) + 2
    x = x + np.where(row % 2 == 0, 0.0, 0.115) + 0.02 * np.sin(row * 12.9)
    column = np.floor(x / 0.23).astype(int) + 2
    rows, columns = row.max() + 3, column.max() + 3
    palette = np.stack([rgb(c) for c in (0xA65F45, 0x8D4A38, 0xBB7A58, 0x9A6A55, 0xC38B6B, 0x7A4337, 0xB0826C)])
    colours = palette[rng.integers(0, len(palette), (rows, columns))] * rng.uniform(0.8, 1.15, (rows, columns, 1))
    picture = colours[row.clip(0), column.clip(0)].astype(np.float32)
    grain = fractal_noise((h, w), (0.05 * px_per_m, 0.05 * px_per_m), rng, octaves=5, gain=0.8)
    picture = picture * (1 + 0.13 * grain)[..., None]
    edge = np.minimum(np.minimum(y % 0.075, 0.075 - y % 0.075), np.minimum(x % 0.23, 0.23 - x % 0.23))
    wear = 0.002 * fractal_noise((h, w), (8, 8), rng, octaves=3)
    mortar = rgb(0xC9BEAE) * (1 + 0.08 * grain)[..., None]
    return np.clip(mix(mortar, picture, smooth_step(0.004, 0.008, edge + wear)), 0, 1)


def botanical_wallpaper(size_m: tuple[float, float], px_per_m: float, seed: int) -> Picture:
    """Leaves and berries strewn by hand over a quiet ground: rich, and nowhere the same twice."""
    rng = np.random.default_rng(seed)
    picture = limewash(size_m, px_per_m, 0x8FA39A, seed, strength=0.7)
    h, w = picture.shape[:2]
    leaves = [rgb(c) for c in (0x4F6F62, 0x64867A, 0xB9C7B4, 0x3F5A55, 0xA7B58F, 0xD8D3BC)]
    count = int(size_m[0] * size_m[1] * 62)
    for _ in range(count):
        centre = rng.uniform(0, 1, 2) * (h, w)
        length, width = rng.uniform(0.05, 0.11) * px_per_m, rng.uniform(0.020, 0.040) * px_per_m
        _paint_leaf(picture, centre, length, width, rng.uniform(0, 2 * np.pi), leaves[rng.integers(len(leaves))])
    for _ in range(count // 3):
        centre = rng.uniform(0, 1, 2) * (h, w)
        colour = (rgb(0xC9785A), rgb(0xD9B36A), rgb(0xE8E2CF))[rng.integers(3)]
        _paint_leaf(picture, centre, 0.009 * px_per_m, 0.009 * px_per_m, 0.0, colour)
    return picture


def _paint_leaf(
    picture: Picture, centre: NDArray[np.float64], length: float, width: float, angle: float, colour: Picture
) -> None:
    """Paint one pointed oval with a pale midrib into ``picture``."""
    radius = int(length) + 2
    y0, x0 = max(0, int(centre[0]) - radius), max(0, int(centre[1]) - radius)
    view = picture[y0 : int(centre[0]) + radius + 1, x0 : int(centre[1]) + radius + 1]
    yy, xx = np.mgrid[y0 : y0 + view.shape[0], x0 : x0 + view.shape[1]] - centre[:, None, None]
    along = (xx * np.cos(angle) + yy * np.sin(angle)) / length
    across = (-xx * np.sin(angle) + yy * np.cos(angle)) / width
    inside = smooth_step(0.0, 0.25, 1 - along**2 - np.abs(across) * (1.2 + 0.4 * along))
    rib = 1 + 0.35 * np.exp(-((across * 5) ** 2)) - 0.15 * (across > 0)
    view[...] = mix(view, colour * rib[..., None], inside)


def woven(shape: tuple[int, int], colours: tuple[int, ...], seed: int, *, contrast: float = 1.0) -> Picture:
    """Tweed: threads of several colours with slubs, worn areas in large."""
    rng = np.random.default_rng(seed)
    share = fractal_noise(shape, (7, 7), rng, octaves=3, gain=1.1)
    order = np.clip(((share * 0.27 + 0.5) * len(colours)).astype(int), 0, len(colours) - 1)
    picture = np.stack([rgb(c) for c in colours])[order]
    weft, warp = smooth_noise(shape, (1.5, 5), rng), smooth_noise(shape, (5, 1.5), rng)
    shade = 1 + contrast * (0.07 * weft + 0.07 * warp + 0.09 * fractal_noise(shape, (60, 60), rng, octaves=4))
    return np.clip(picture * shade[..., None], 0, 1).astype(np.float32)


def cardboard(shape: tuple[int, int], seed: int) -> Picture:
    """Brown board with faint flutes, stains, a strip of tape and a printed label."""
    rng = np.random.default_rng(seed)
    h, w = shape
    stains = fractal_noise(shape, (50, 50), rng, octaves=6, gain=0.75)
    flutes = smooth_noise(shape, (40, 1.5), rng)
    picture = rgb(0xB98E5E) * (1 + 0.07 * stains + 0.03 * flutes)[..., None]
    picture[:, int(0.44 * w) : int(0.56 * w)] = mix(picture[:, int(0.44 * w) : int(0.56 * w)], rgb(0xD9C49A), 0.7)
    top, left = int(rng.uniform(0.2, 0.5) * h), int(rng.uniform(0.05, 0.15) * w)
    label = picture[top : top + int(0.3 * h), left : left + int(0.27 * w)]
    label[...] = rgb(0xEDE8DC)
    for line in range(4, label.shape[0] - 4, 7):
        ink = rng.random(label.shape[1] - 8) < 0.6
        label[line : line + 3, 4:-4][:, ink] = rgb(0x2B2B33)
    return np.clip(picture, 0, 1).astype(np.float32)
