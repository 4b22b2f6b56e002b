"""Pieces of furniture, each built from boxes, rounded boxes and surfaces of revolution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scripts.sample.mesh import Array, Scene, add_box, add_cushion, add_lathe, add_quad, add_surface, placed, rotation_z

Place = tuple[float, float, float]


def at(place: Place, rotation: Array, offset: Place) -> Place:
    """A point given in a piece's own axes."""
    x, y, z = placed(np.array(offset), place, rotation)
    return float(x), float(y), float(z)


def add_sofa(scene: Scene, place: Place, yaw_deg: float, width: float, cloth: int, wood: int, seats: int) -> None:
    """A sofa or armchair on wooden feet, front towards -y."""
    turn = rotation_z(yaw_deg)
    depth, arm = 0.88, 0.17
    for x in (-width / 2 + 0.12, width / 2 - 0.12):
        for y in (-depth / 2 + 0.1, depth / 2 - 0.1):
            add_box(scene, at(place, turn, (x, y, 0.0)), (0.06, 0.06, 0.11), wood, rotation=turn)
    add_cushion(scene, at(place, turn, (0, 0, 0.21)), (width, depth, 0.22), cloth, rotation=turn, softness=0.15)
    add_cushion(
        scene, at(place, turn, (0, depth / 2 - 0.11, 0.5)), (width, 0.22, 0.66), cloth, rotation=turn, softness=0.25
    )
    for side in (-1, 1):
        x = side * (width / 2 - arm / 2)
        add_cushion(scene, at(place, turn, (x, -0.02, 0.38)), (arm, depth, 0.5), cloth, rotation=turn, softness=0.3)
    seat = (width - 2 * arm) / seats
    for i in range(seats):
        x = -width / 2 + arm + (i + 0.5) * seat
        add_cushion(scene, at(place, turn, (x, -0.08, 0.39)), (seat - 0.01, 0.68, 0.19), cloth, rotation=turn)
        lean = turn @ _tilt_x(-12)
        add_cushion(
            scene, at(place, turn, (x, 0.2, 0.64)), (seat - 0.02, 0.17, 0.42), cloth, rotation=lean, softness=0.4
        )


def _tilt_x(angle_deg: float) -> Array:
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def add_pillow(
    scene: Scene, place: Place, yaw_deg: float, cloth: int, *, lean_deg: float = -25, size: float = 0.42
) -> None:
    """A throw pillow leaning back."""
    turn = rotation_z(yaw_deg) @ _tilt_x(lean_deg)
    add_cushion(scene, place, (size, 0.15, size), cloth, rotation=turn, softness=0.6)


def add_table(scene: Scene, place: Place, yaw_deg: float, size: Place, wood: int, *, shelf: bool = False) -> None:
    """A table with four legs; with ``shelf`` a lower board too."""
    turn = rotation_z(yaw_deg)
    w, d, h = size
    add_box(scene, at(place, turn, (0, 0, h - 0.035)), (w, d, 0.035), wood, rotation=turn)
    for x in (-w / 2 + 0.05, w / 2 - 0.05):
        for y in (-d / 2 + 0.05, d / 2 - 0.05):
            add_box(scene, at(place, turn, (x, y, 0)), (0.055, 0.055, h - 0.035), wood, rotation=turn)
    for y in (-d / 2 + 0.05, d / 2 - 0.05):
        add_box(scene, at(place, turn, (0, y, h - 0.1)), (w - 0.12, 0.025, 0.065), wood, rotation=turn)
    if shelf:
        add_box(scene, at(place, turn, (0, 0, 0.13)), (w - 0.1, d - 0.1, 0.022), wood, rotation=turn)


def add_round_table(scene: Scene, place: Place, radius: float, height: float, wood: int) -> None:
    """A round top on a turned column."""
    profile = [(0.0, height), (radius * 0.5, height), (radius, height), (radius, height - 0.03), (0.05, height - 0.035)]
    column = [
        (0.05, height - 0.035),
        (0.04, height * 0.6),
        (0.06, height * 0.35),
        (0.04, 0.14),
        (0.24, 0.04),
        (0.24, 0),
    ]
    add_lathe(scene, place, profile, wood, sides=40)
    add_lathe(scene, place, column, wood, sides=20)


def add_chair(scene: Scene, place: Place, yaw_deg: float, wood: int, cloth: int) -> None:
    """A wooden chair with a padded seat, front towards -y."""
    turn = rotation_z(yaw_deg)
    for x in (-0.19, 0.19):
        add_box(scene, at(place, turn, (x, -0.19, 0)), (0.04, 0.04, 0.43), wood, rotation=turn)
        add_box(scene, at(place, turn, (x, 0.19, 0)), (0.04, 0.04, 0.92), wood, rotation=turn)
    add_box(scene, at(place, turn, (0, 0, 0.41)), (0.44, 0.44, 0.03), wood, rotation=turn)
    add_cushion(scene, at(place, turn, (0, -0.01, 0.465)), (0.42, 0.42, 0.06), cloth, rotation=turn, steps=14)
    for z, height in ((0.62, 0.06), (0.73, 0.06), (0.84, 0.09)):
        add_box(scene, at(place, turn, (0, 0.19, z)), (0.36, 0.022, height), wood, rotation=turn)


def add_bookcase(
    scene: Scene, place: Place, yaw_deg: float, size: Place, wood: int, spines: list[int], seed: int
) -> None:
    """Shelves full of books, with a gap here and there; front towards -y."""
    rng = np.random.default_rng(seed)
    turn = rotation_z(yaw_deg)
    w, d, h = size
    for x in (-w / 2 + 0.012, w / 2 - 0.012, 0.0):
        add_box(scene, at(place, turn, (x, 0, 0)), (0.024, d, h), wood, rotation=turn)
    add_box(scene, at(place, turn, (0, d / 2 - 0.006, 0)), (w, 0.012, h), wood, rotation=turn)
    levels = np.linspace(0.06, h - 0.024, 6)
    for z in levels:
        add_box(scene, at(place, turn, (0, 0, z)), (w, d, 0.024), wood, rotation=turn)
    for bottom, top in pairwise(levels):
        for left, right in ((-w / 2 + 0.03, -0.015), (0.015, w / 2 - 0.03)):
            fill = rng.uniform(0.72, 1.0)
            add_book_row(scene, place, turn, (left, left + (right - left) * fill), bottom + 0.024, top, d, spines, rng)


def add_book_row(
    scene: Scene,
    place: Place,
    turn: Array,
    span: tuple[float, float],
    bottom: float,
    top: float,
    depth: float,
    spines: list[int],
    rng: np.random.Generator,
) -> None:
    """Stand books side by side between two positions on a shelf."""
    x = span[0]
    while True:
        width = rng.uniform(0.018, 0.052)
        if x + width > span[1]:
            return
        height = min(rng.uniform(0.19, 0.31), top - bottom - 0.02)
        book_depth = rng.uniform(0.55, 0.85) * depth
        y = -depth / 2 + 0.02 + book_depth / 2 + rng.uniform(0, 0.03)
        spine = spines[rng.integers(len(spines))]
        add_box(
            scene,
            at(place, turn, (x + width / 2, y, bottom)),
            (width - 0.001, book_depth, height),
            spine,
            rotation=turn,
        )
        x += width + rng.uniform(0, 0.004)


def add_cabinet(scene: Scene, place: Place, yaw_deg: float, size: Place, wood: int, panel: int, doors: int) -> None:
    """A sideboard with raised doors and round knobs, front towards -y."""
    turn = rotation_z(yaw_deg)
    w, d, h = size
    add_box(scene, at(place, turn, (0, 0, 0.08)), (w, d, h - 0.08), wood, rotation=turn)
    add_box(scene, at(place, turn, (0, 0, h)), (w + 0.04, d + 0.03, 0.025), wood, rotation=turn)
    for x in (-w / 2 + 0.06, w / 2 - 0.06):
        add_box(scene, at(place, turn, (x, 0, 0)), (0.05, d - 0.06, 0.08), wood, rotation=turn)
    for i in range(doors):
        x = -w / 2 + (i + 0.5) * w / doors
        add_box(
            scene, at(place, turn, (x, -d / 2 - 0.009, 0.12)), (w / doors - 0.05, 0.018, h - 0.17), panel, rotation=turn
        )
        knob = at(place, turn, (x + (0.16 if i % 2 == 0 else -0.16) * w / doors * 2, -d / 2 - 0.03, h * 0.55))
        add_cushion(scene, knob, (0.03, 0.03, 0.03), wood, softness=1.0, steps=8)


def add_plant(
    scene: Scene, place: Place, pot: int, leaf: int, seed: int, *, leaves: int = 46, height: float = 1.3
) -> None:
    """A potted plant: arching leaves on short stems around a trunk."""
    rng = np.random.default_rng(seed)
    profile = [(0.0, 0.3), (0.16, 0.3), (0.19, 0.36), (0.2, 0.36), (0.19, 0.3), (0.14, 0.0)]
    add_lathe(scene, place, profile, pot)
    add_lathe(scene, place, [(0.012, height * 0.75), (0.025, 0.3)], pot, sides=8)
    for _ in range(leaves):
        start = np.add(place, (0, 0, 0.3 + rng.uniform(0.15, 0.68) * (height - 0.3)))
        add_leaf(
            scene, start, rng.uniform(0, 360), rng.uniform(25, 70), rng.uniform(0.3, 0.5), rng.uniform(0.09, 0.15), leaf
        )


def add_leaf(
    scene: Scene, start: Array, yaw_deg: float, rise_deg: float, length: float, width: float, texture: int
) -> None:
    """One leaf: leaves the stem upwards, then bends down under its weight."""
    along = np.linspace(0, 1, 9)[:, None]
    across = np.linspace(-1, 1, 5)[None]
    rise = np.radians(rise_deg)
    half = width / 2 * np.sin(np.pi * along**0.8) ** 0.8
    forward = length * along * np.cos(rise)
    up = length * (along * np.sin(rise) - 0.75 * along**2.2) + 0.25 * half * np.abs(across)
    local = np.stack(np.broadcast_arrays(forward + 0 * across, half * across, up), axis=-1)
    add_surface(scene, placed(local, tuple(start), rotation_z(yaw_deg)), texture, is_thin=True)


def add_floor_lamp(scene: Scene, place: Place, metal: int, shade: int, *, glow: float) -> Place:
    """A standing lamp; returns the middle of its shade."""
    add_lathe(scene, place, [(0.0, 0.03), (0.15, 0.03), (0.16, 0.0)], metal)
    add_lathe(scene, place, [(0.014, 1.5), (0.014, 0.03)], metal, sides=12)
    profile = [(0.15, 1.72), (0.19, 1.58), (0.23, 1.42)]
    add_lathe(scene, place, profile, shade, emission=glow, casts_shadow=False, sides=40)
    return place[0], place[1], 1.57


def add_painting(
    scene: Scene, centre: Place, yaw_deg: float, size: tuple[float, float], picture: int, frame: int
) -> None:
    """A framed picture on a wall behind it (+y); ``centre`` is on the wall."""
    turn = rotation_z(yaw_deg)
    w, h, rim = size[0], size[1], 0.035
    add_box(scene, at(centre, turn, (0, -0.012, -h / 2)), (w, 0.02, h), frame, rotation=turn, front=picture)
    for x in (-w / 2 - rim / 2, w / 2 + rim / 2):
        add_box(scene, at(centre, turn, (x, -0.018, -h / 2 - rim)), (rim, 0.034, h + 2 * rim), frame, rotation=turn)
    for z in (-h / 2 - rim, h / 2):
        add_box(scene, at(centre, turn, (0, -0.018, z)), (w, 0.034, rim), frame, rotation=turn)


def add_curtain(scene: Scene, start: Place, along: Place, height: float, cloth: int, *, folds: int, flip: bool) -> None:
    """Hanging cloth with soft folds from ``start`` (top) along a wall."""
    t = np.linspace(0, 1, 12 * folds + 1)
    direction = np.asarray(along)
    side = np.array([-direction[1], direction[0], 0.0]) / np.linalg.norm(direction)
    wave = 0.035 * np.sin(2 * np.pi * folds * t) + 0.012 * np.sin(5 * np.pi * t + 1)
    top = np.asarray(start) + t[:, None] * direction + wave[:, None] * side
    points = np.stack([top, top - (0, 0, height)])
    add_surface(scene, points, cloth, flip=flip)


def add_picture_sheet(scene: Scene, centre: Place, yaw_deg: float, size: tuple[float, float], picture: int) -> None:
    """A sheet of paper or a magazine lying flat on ``centre``."""
    turn = rotation_z(yaw_deg)
    corner = at(centre, turn, (-size[0] / 2, size[1] / 2, 0.004))
    add_quad(scene, corner, turn @ np.array([size[0], 0, 0]), turn @ np.array([0, -size[1], 0]), picture)
