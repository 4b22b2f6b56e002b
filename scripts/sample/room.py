"""The furnished room, 6 x 5 x 2.8 m: what stands where and which texture it wears. World z is up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.sample import furniture as f
from scripts.sample import picture_texture as pt
from scripts.sample import surface_texture as st
from scripts.sample.mesh import Scene, add_box, add_cushion, add_lathe, add_quad, rotation_z

ROOM = (6.0, 5.0, 2.8)
WINDOW_Y = (1.5, 3.1)
WINDOW_Z = (0.95, 2.25)
SPINE_COLOURS = (
    0x7B2D26, 0x2F4858, 0x33658A, 0xD9A441, 0x5B7553, 0x8C5E58, 0x3D405B, 0xE07A5F, 0x81B29A, 0xC9ADA7,
    0x1D3557, 0xA44A3F, 0xEFE0C2, 0x4A4E69, 0x6B705C, 0xB56576, 0x22333B, 0xCB997E,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lights:
    """What lights the room: a window on the wall x = 0, the sun through it, and warm lamps."""

    window_y: tuple[float, float]
    window_z: tuple[float, float]
    sky: tuple[float, float, float]
    sun_direction: tuple[float, float, float]
    sun: tuple[float, float, float]
    lamps: tuple[tuple[float, float, float], ...]
    lamp_radius: float
    lamp: tuple[float, float, float]


def furnish() -> tuple[Scene, Lights]:
    """Build the room."""
    scene = Scene()
    oak = scene.texture(st.wood((600, 900), 0xC0935F, 0x7C5430, 11), px_per_m=300)
    walnut = scene.texture(st.wood((600, 900), 0x8A6142, 0x452B1B, 12), px_per_m=300)
    birch = scene.texture(st.wood((600, 900), 0xE0C9A0, 0xB08B5C, 13), px_per_m=300)
    _add_shell(scene, birch)
    _add_sitting_area(scene, oak, walnut)
    _add_window_side(scene, walnut, birch)
    _add_library(scene, walnut)
    _add_dining_corner(scene, oak, walnut)
    lamp = _add_lamps(scene)
    return scene, Lights(
        window_y=WINDOW_Y,
        window_z=WINDOW_Z,
        sky=(15.0, 16.4, 18.0),
        sun_direction=(0.80, 0.20, -0.62),
        sun=(15.0, 13.4, 11.0),
        lamps=(lamp, (3.0, 2.0, 2.45), (5.0, 1.0, 2.45)),
        lamp_radius=0.14,
        lamp=(24.0, 20.5, 16.0),
    )


def _add_shell(scene: Scene, trim: int) -> None:
    x, y, z = ROOM
    floor = scene.texture(st.plank_floor((x, y), 280, 21))
    add_quad(scene, (0, y, 0), (x, 0, 0), (0, -y, 0), floor)
    ceiling = scene.texture(st.limewash((x, y), 120, 0xF1ECE2, 22))
    add_quad(scene, (0, 0, z), (x, 0, 0), (0, y, 0), ceiling)
    north = scene.texture(st.botanical_wallpaper((x, z), 300, 23))
    add_quad(scene, (0, y, z), (x, 0, 0), (0, 0, -z), north)
    east = scene.texture(st.brick((y, z), 300, 24))
    add_quad(scene, (x, y, z), (0, -y, 0), (0, 0, -z), east)
    south = scene.texture(st.limewash((x, z), 220, 0xD9C3A0, 25))
    add_quad(scene, (x, 0, z), (-x, 0, 0), (0, 0, -z), south)
    _add_window_wall(scene, trim)
    for start, size in (((x / 2, y - 0.01, 0), (x, 0.02, 0.1)), ((x - 0.01, y / 2, 0), (0.02, y, 0.1))):
        add_box(scene, start, size, trim)
    add_box(scene, (0.01, y / 2, 0), (0.02, y, 0.1), trim)


def _add_window_wall(scene: Scene, trim: int) -> None:
    y, z = ROOM[1], ROOM[2]
    wall = st.limewash((y, z), 260, 0xD2C2A4, 26)
    (y0, y1), (z0, z1) = WINDOW_Y, WINDOW_Z
    for a, b, low, high in ((0, y, 0, z0), (0, y, z1, z), (0, y0, z0, z1), (y1, y, z0, z1)):
        part = wall[round((z - high) * 260) : round((z - low) * 260), round(a * 260) : round(b * 260)]
        add_quad(scene, (0, a, high), (0, b - a, 0), (0, 0, low - high), scene.texture(part))
    for middle in (y0, (y0 + y1) / 2, y1):
        add_box(scene, (-0.02, middle, z0), (0.08, 0.06, z1 - z0), trim)
    for level in (z0 - 0.03, (z0 + z1) / 2 + 0.1, z1 - 0.03):
        add_box(scene, (-0.02, (y0 + y1) / 2, level), (0.08, y1 - y0, 0.06), trim)
    add_box(scene, (0.05, (y0 + y1) / 2, z0 - 0.06), (0.16, y1 - y0 + 0.2, 0.03), trim)
    view = scene.texture(pt.garden((256, 512), 27))
    add_quad(scene, (-2.5, -2, 4.5), (0, 9, 0), (0, 0, -5), view, emission=1.15, casts_shadow=False, is_scenery=True)
    curtain = scene.texture(st.woven((400, 400), (0xC4B69A, 0xB39F7C, 0xD4CAB4, 0x9E7F5E), 28), px_per_m=260)
    for a, b in ((y0 - 0.42, y0 + 0.08), (y1 - 0.08, y1 + 0.42)):
        f.add_curtain(scene, (0.09, a, 2.42), (0, b - a, 0), 2.36, curtain, folds=5, flip=False)
    add_box(scene, (0.09, (y0 + y1) / 2, 2.42), (0.025, y1 - y0 + 1.1, 0.025), trim)


def _add_sitting_area(scene: Scene, oak: int, walnut: int) -> None:
    cloth = scene.texture(st.woven((500, 500), (0x4C6272, 0x5E7585, 0x3B4E5C, 0x7A8C97), 31), px_per_m=300)
    f.add_sofa(scene, (3.15, 4.5, 0), 0, 2.3, cloth, walnut, seats=3)
    pillows = (
        scene.texture(pt.mosaic((256, 512), (0xD9A441, 0xE9D8A6, 0xB5651D, 0x7F4F24), 130, 32)),
        scene.texture(pt.rug((300, 600), 33)),
        scene.texture(st.woven((300, 300), (0xC8654A, 0xB04F38, 0xDD8A6A, 0xE9C9A8), 34), px_per_m=300),
    )
    for x, yaw, cover in ((2.32, 18, pillows[0]), (2.72, 4, pillows[2]), (3.98, -20, pillows[1])):
        f.add_pillow(scene, (x, 4.36, 0.69), yaw, cover)
    carpet = scene.texture(pt.rug((640, 960), 35))
    add_quad(scene, (1.75, 4.0, 0.012), (2.9, 0, 0), (0, -1.95, 0), carpet)
    f.add_table(scene, (3.2, 3.0, 0), 4, (1.15, 0.62, 0.43), oak, shelf=True)
    _add_table_things(scene)
    frames = scene.texture(st.wood((120, 600), 0x5A4030, 0x2A1C14, 36), px_per_m=300)
    pictures = (
        (
            pt.landscape((300, 420), (0x6FA3C8, 0xF6D9A8), (0x7C8FA6, 0x4F6D6B, 0x3B5244, 0x2A3A2C), 37),
            2.1,
            (0.75, 0.52),
        ),
        (pt.composition((420, 330), 38), 3.15, (0.55, 0.70)),
        (
            pt.landscape((300, 420), (0xE58B5A, 0xF9D48B), (0x8C5A6B, 0x5C3D55, 0x3A2A45, 0x241B30), 39),
            4.2,
            (0.75, 0.52),
        ),
    )
    for picture, x, size in pictures:
        f.add_painting(scene, (x, 5.0, 1.62), 0, size, scene.texture(picture), frames)


def _add_table_things(scene: Scene) -> None:
    covers = [scene.texture(pt.printed_page((240, 180), c, 40 + i)) for i, c in enumerate(
        ((0x2E5E6E, 0xE8C07D, 0xF7F3E8), (0xB8402E, 0x3A2F45, 0xF4E9D8), (0xDCD2BE, 0x6E8B74, 0x22262B))
    )]  # fmt: skip
    paper = scene.texture(st.limewash((0.4, 0.4), 400, 0xE9E2D2, 44), px_per_m=400)
    top = 0.43
    for i, cover in enumerate(covers):
        turn = rotation_z(20 - 16 * i)
        add_box(
            scene, (2.86, 2.98, top + 0.03 * i), (0.27 - 0.02 * i, 0.2, 0.029), paper, rotation=turn, front=covers[0]
        )
        f.add_picture_sheet(scene, (2.86, 2.98, top + 0.03 * i + 0.027), 20 - 16 * i, (0.268 - 0.02 * i, 0.198), cover)
    f.add_picture_sheet(scene, (3.14, 2.86, top), -28, (0.21, 0.29), covers[1])
    bowl = scene.texture(pt.mosaic((96, 400), (0x2F5D73, 0xE8E0CE, 0x89A9B3, 0xD9C7A0), 160, 45))
    f_profile = [(0.15, 0.085), (0.11, 0.03), (0.05, 0.0)]
    add_lathe(scene, (3.5, 3.06, top), f_profile, bowl)
    add_lathe(scene, (3.5, 3.06, top + 0.004), [(0.0, 0.0), (0.05, 0.0), (0.11, 0.03), (0.148, 0.085)], bowl)
    peel = scene.texture(st.woven((200, 200), (0xE08A2E, 0xD97820, 0xEFA445, 0xC8641A), 46), px_per_m=700)
    for dx, dy, dz in ((0.04, 0.03, 0.065), (-0.05, 0.02, 0.065), (0.0, -0.05, 0.065), (0.0, 0.01, 0.125)):
        add_cushion(scene, (3.5 + dx, 3.06 + dy, top + dz), (0.082, 0.082, 0.08), peel, softness=1.0, steps=10)
    mug = scene.texture(st.woven((160, 160), (0xA9432F, 0xBE5B43, 0x8E3424), 47), px_per_m=600)
    add_lathe(scene, (3.24, 3.16, top), [(0.035, 0.09), (0.04, 0.092), (0.04, 0.0)], mug, sides=20)
    add_box(scene, (3.2, 3.0, 0.152), (0.42, 0.3, 0.07), covers[2], rotation=rotation_z(8))
    add_box(scene, (2.86, 3.02, 0.152), (0.25, 0.32, 0.045), covers[0], rotation=rotation_z(-6))


def _add_window_side(scene: Scene, walnut: int, birch: int) -> None:
    f.add_cabinet(scene, (0.27, 2.3, 0), 90, (1.7, 0.42, 0.72), walnut, birch, doors=3)
    glaze = scene.texture(pt.mosaic((200, 400), (0x35524A, 0x4E7568, 0x86A595, 0xC7B98F), 220, 51))
    add_lathe(scene, (0.27, 1.72, 0.745), [(0.045, 0.3), (0.04, 0.27), (0.09, 0.16), (0.095, 0.1), (0.06, 0.0)], glaze)
    cover = scene.texture(pt.composition((200, 260), 52))
    add_box(scene, (0.3, 2.85, 0.745), (0.26, 0.02, 0.2), birch, rotation=rotation_z(78), front=cover)
    radio = scene.texture(st.woven((200, 300), (0x8C7355, 0xA88E6C, 0x6E5A41), 53), px_per_m=500)
    add_box(scene, (0.27, 2.3, 0.745), (0.36, 0.16, 0.2), walnut, rotation=rotation_z(90), front=radio)
    arm = scene.texture(st.woven((500, 500), (0xB8752F, 0xA5642A, 0xCB8D45, 0x8F5220), 54), px_per_m=300)
    f.add_sofa(scene, (1.0, 3.72, 0), 52, 0.92, arm, walnut, seats=1)
    knit = scene.texture(st.woven((300, 300), (0xE8E1D2, 0xCFC4AE, 0xB7A88C), 55), px_per_m=300)
    f.add_pillow(scene, (0.93, 3.83, 0.68), 52, knit, size=0.38)
    pot = scene.texture(st.limewash((0.6, 0.6), 400, 0xB5654A, 56, strength=1.6), px_per_m=400)
    leaf = scene.texture(_leaf_texture())
    f.add_plant(scene, (0.5, 4.55, 0), pot, leaf, 57)


def _leaf_texture() -> np.ndarray:
    picture = st.woven((256, 96), (0x3E6B35, 0x4F7F3F, 0x2F5530, 0x6B9650), 58)
    picture[:, 45:51] = st.rgb(0x9DBB78)
    for row in range(8, 256, 22):
        for column in range(48):
            y = min(255, row + column // 3)
            picture[y, 48 + column] = picture[y, 47 - column] = st.rgb(0x86A866)
    return picture


def _add_library(scene: Scene, walnut: int) -> None:
    spines = [scene.texture(pt.book_spine(c, 60 + i)) for i, c in enumerate(SPINE_COLOURS * 2)]
    f.add_bookcase(scene, (5.82, 3.0, 0), -90, (1.7, 0.32, 2.05), walnut, spines, 61)
    globe = scene.texture(pt.mosaic((200, 400), (0x3E6C8F, 0x2F5A7D, 0x8FA66A, 0xC9B36F), 90, 62))
    add_cushion(scene, (5.8, 2.6, 2.2), (0.28, 0.28, 0.28), globe, softness=1.0)
    board = [scene.texture(st.cardboard((256, 256), 63 + i)) for i in range(2)]
    add_box(scene, (5.8, 3.4, 2.05), (0.3, 0.4, 0.26), board[0], rotation=rotation_z(-82))
    frames = scene.texture(st.wood((120, 600), 0xC7A26A, 0x8F6A38, 65), px_per_m=300)
    f.add_painting(scene, (6.0, 1.55, 1.6), -90, (0.6, 0.78), scene.texture(pt.composition((420, 330), 66)), frames)
    lake = pt.landscape((300, 420), (0x9CC4D9, 0xF1E7D0), (0xA9B9B0, 0x6C8A86, 0x49706A, 0x345450), 67)
    f.add_painting(scene, (6.0, 0.7, 1.65), -90, (0.62, 0.45), scene.texture(lake), frames)


def _add_dining_corner(scene: Scene, oak: int, walnut: int) -> None:
    f.add_round_table(scene, (4.95, 1.35, 0), 0.5, 0.74, oak)
    seat = scene.texture(st.woven((300, 300), (0x7A8F5C, 0x66794B, 0x93A874, 0x51633B), 71), px_per_m=300)
    f.add_chair(scene, (4.28, 1.62, 0), 112, walnut, seat)
    f.add_chair(scene, (5.35, 2.02, 0), -28, walnut, seat)
    jug = scene.texture(pt.mosaic((200, 400), (0xE4DCC8, 0xC96F4A, 0x3F5C70, 0xE8B84A), 200, 72))
    add_lathe(scene, (5.0, 1.45, 0.74), [(0.06, 0.26), (0.045, 0.22), (0.085, 0.12), (0.08, 0.05), (0.055, 0.0)], jug)
    leaf = scene.texture(st.woven((128, 64), (0xD98AA0, 0xE8B3BE, 0xC2607C, 0x7FA05F), 73))
    rng = np.random.default_rng(74)
    for _ in range(16):
        f.add_leaf(scene, np.array([5.0, 1.45, 0.98]), rng.uniform(0, 360), rng.uniform(50, 85), 0.26, 0.08, leaf)
    page = scene.texture(pt.printed_page((240, 180), (0x8FB3C9, 0xF0E6D2, 0x26323A), 75))
    f.add_picture_sheet(scene, (4.75, 1.2, 0.74), 35, (0.21, 0.29), page)
    board = [scene.texture(st.cardboard((256, 256), 76 + i)) for i in range(3)]
    add_box(scene, (5.55, 0.45, 0), (0.6, 0.5, 0.42), board[0], rotation=rotation_z(8))
    add_box(scene, (5.6, 0.42, 0.42), (0.42, 0.38, 0.3), board[1], rotation=rotation_z(-12))


def _add_lamps(scene: Scene) -> tuple[float, float, float]:
    metal = scene.texture(st.limewash((0.5, 0.5), 300, 0x4A4640, 81), px_per_m=300)
    shade = scene.texture(st.woven((200, 600), (0xF1DDB4, 0xE8CF9E, 0xF7E8C8), 82))
    return f.add_floor_lamp(scene, (5.35, 4.55, 0), metal, shade, glow=1.5)
