from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFont

from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_studio.model.film_spec import Backdrop, FilmLayout, FilmMarks, FilmOutput, FilmPanel
from l3rocc_studio.render import lettering
from l3rocc_studio.render.colormaps import DARK
from l3rocc_studio.render.composer import Composer
from l3rocc_studio.render.film_layout import plan_layout
from l3rocc_studio.render.lettering import font_for
from l3rocc_studio.render.scaling import resize
from tests.synthetic.absurd_picture import write_absurd_picture

COLORS = {FilmPanel.RGB: (255, 0, 0), FilmPanel.WORLD: (0, 255, 0), FilmPanel.OCCUPANCY: (0, 0, 255)}


def plain(width: int, height: int, color: tuple[int, ...]) -> np.ndarray:
    return np.full((height, width, len(color)), color, dtype=np.uint8)


def composed(layout, composer) -> np.ndarray:
    return composer.compose({box.panel: plain(box.width_px, box.height_px, COLORS[box.panel]) for box in layout.boxes})


@pytest.mark.parametrize("source", [(640, 480), (1279, 721), (270, 480)])
@pytest.mark.parametrize("height", [101, 240, 719])
@pytest.mark.parametrize("labels", [True, False])
def test_every_size_is_even(source, height, labels):
    layout = plan_layout(source, FilmLayout(gap_px=5, has_labels=labels), FilmOutput(height_px=height))
    assert layout.size_px[0] % 2 == layout.size_px[1] % 2 == 0
    assert layout.panel_height_px in (height, height + 1)


def test_the_world_panel_is_cropped_on_both_sides():
    whole = plan_layout((640, 480), FilmLayout(crop=0.0), FilmOutput(height_px=480)).box(FilmPanel.WORLD)
    cropped = plan_layout((640, 480), FilmLayout(crop=0.15), FilmOutput(height_px=480)).box(FilmPanel.WORLD)
    assert whole.width_px == round(480 * 16 / 9)
    assert cropped.width_px == pytest.approx(0.7 * whole.width_px, abs=1)


@pytest.mark.parametrize(
    "panels", [tuple(FilmPanel), (FilmPanel.OCCUPANCY, FilmPanel.RGB), (FilmPanel.WORLD,)], ids=len
)
def test_panels_land_side_by_side_in_their_order_with_gaps(panels):
    wish = FilmLayout(panels=panels, gap_px=10, has_labels=False, backdrop=Backdrop.DARK)
    layout = plan_layout((200, 100), wish, FilmOutput(height_px=100))
    picture = composed(layout, Composer(layout, Backdrop.DARK, FilmMarks()))
    assert picture.shape == (layout.size_px[1], layout.size_px[0], 3)
    assert tuple(box.panel for box in layout.boxes) == panels
    right = 0
    for box in layout.boxes:
        assert (picture[box.rows, box.columns] == COLORS[box.panel]).all()
        gap = picture[:100, right : box.left_px]
        assert gap.shape[1] == (10 if right else 0)
        assert (gap == np.round(np.multiply(DARK.bottom, 255)).astype(np.uint8)).all()
        right = box.left_px + box.width_px


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160), (500, 120)])
def test_a_film_fits_into_its_screen_as_large_as_it_can(size):
    layout = plan_layout((640, 480), FilmLayout(), FilmOutput(fit_px=size))
    assert layout.size_px[0] <= size[0]
    assert layout.size_px[1] <= size[1]
    larger = plan_layout((640, 480), FilmLayout(), FilmOutput(height_px=layout.panel_height_px + 2))
    assert larger.size_px[0] > size[0] or larger.size_px[1] > size[1]


def test_padding_centres_the_panels_on_exactly_the_screen():
    layout = plan_layout((640, 480), FilmLayout(), FilmOutput(fit_px=(1280, 720), is_padded=True))
    assert layout.size_px == (1280, 720)
    first, last = layout.boxes[0], layout.boxes[-1]
    assert first.left_px == pytest.approx(1280 - last.left_px - last.width_px, abs=2)
    assert layout.strip_top_px == pytest.approx(720 - last.top_px - last.height_px, abs=2)


def test_a_screen_too_small_for_the_panels_is_refused():
    with pytest.raises(ConfigError, match="do not fit"):
        plan_layout((640, 480), FilmLayout(), FilmOutput(fit_px=(100, 100)))


def test_labels_write_above_each_panel():
    layout = plan_layout((200, 100), FilmLayout(), FilmOutput(height_px=100))
    picture = composed(layout, Composer(layout, Backdrop.WHITE, FilmMarks()))
    for box in layout.boxes:
        strip = picture[: layout.strip_px, box.columns]
        assert strip.min() < 128
        assert strip.max() == 255


def test_a_transparent_picture_is_clear_between_solid_panels():
    layout = plan_layout((200, 100), FilmLayout(gap_px=6, has_labels=False), FilmOutput(height_px=100))
    picture = composed(layout, Composer(layout, Backdrop.TRANSPARENT, FilmMarks()))
    first = layout.boxes[0]
    assert (picture[first.rows, first.columns, 3] == 255).all()
    assert (picture[:, first.width_px : first.width_px + 6, 3] == 0).all()
    assert (picture[picture[..., 3] == 0][:, :3] == 255).all()


def test_a_logo_and_a_line_of_facts_stay_in_their_corners(tmp_path):
    Image.new("RGBA", (40, 20), (250, 0, 250, 255)).save(tmp_path / "logo.png")
    layout = plan_layout((200, 200), FilmLayout(has_labels=False), FilmOutput(height_px=200))
    without = composed(layout, Composer(layout, Backdrop.WHITE, FilmMarks(), "facts of the run"))
    marks = FilmMarks(logo=tmp_path / "logo.png", has_watermark=True)
    marked = composed(layout, Composer(layout, Backdrop.WHITE, marks, "facts of the run"))
    rows, columns = np.nonzero((marked != without).any(axis=2))
    is_logo = columns > layout.size_px[0] / 2
    assert rows.min() > 150
    assert (marked[rows[is_logo], columns[is_logo]] == (250, 0, 250)).all()
    assert (~is_logo).sum() > 50


def test_a_logo_that_is_none_is_named(tmp_path):
    (tmp_path / "logo.png").write_text("no picture")
    layout = plan_layout((200, 100), FilmLayout(), FilmOutput(height_px=100))
    with pytest.raises(InputError, match=r"logo\.png cannot be read"):
        Composer(layout, Backdrop.WHITE, FilmMarks(logo=tmp_path / "logo.png"))


def test_a_logo_of_absurd_size_is_not_unpacked(tmp_path):
    layout = plan_layout((200, 100), FilmLayout(), FilmOutput(height_px=100))
    with pytest.raises(InputError, match=r"logo\.png cannot be read"):
        Composer(layout, Backdrop.WHITE, FilmMarks(logo=write_absurd_picture(tmp_path / "logo.png")))


def test_a_title_card_fades_in_and_out():
    layout = plan_layout((200, 100), FilmLayout(), FilmOutput(height_px=100))
    composer = Composer(layout, Backdrop.BLACK, FilmMarks(title="A very long title " * 9, subtitle="below"))
    ink = [float(composer.title(share).mean()) for share in (0.01, 0.1, 0.5, 0.9, 0.99)]
    assert ink[0] < ink[1] < ink[2] > ink[3] > ink[4]
    card = composer.title(0.5)
    assert card[:, :10].max() == card[:, -10:].max() == 0


def test_pictures_of_any_size_are_scaled():
    assert resize(plain(50, 25, (9, 9, 9)), (200, 100)).shape == (100, 200, 3)
    ramp = np.tile(np.arange(100, dtype=np.uint8)[None, :, None], (20, 1, 3))
    assert np.abs(resize(ramp, (50, 10))[0, :, 0] - np.arange(0.5, 100, 2)).max() <= 1


def test_letters_that_the_usual_font_lacks_come_from_another_of_this_machine():
    try:
        ImageFont.truetype("DejaVuSans.ttf", 20)
    except OSError:
        pytest.skip("This machine has no DejaVu.")
    umlauts, plain_font = font_for("Küche", 20), font_for("Kuche", 20)
    assert umlauts.getname()[0] == "DejaVu Sans"
    assert plain_font.getname() == ImageFont.load_default(20).getname()
    assert bytes(umlauts.getmask("ü")) != bytes(umlauts.getmask("\U0010ffff"))


def test_what_no_font_can_write_is_refused_before_the_film_begins(monkeypatch):
    monkeypatch.setattr(lettering, "SYSTEM_FONTS", (("no such font.ttf", 0),))
    layout = plan_layout((640, 480), FilmLayout(), FilmOutput(height_px=240))
    with pytest.raises(InputError, match=r"has the characters ü— of 'Küche —'"):
        Composer(layout, Backdrop.WHITE, FilmMarks(title="Kitchen", subtitle="Küche —"))
    Composer(layout, Backdrop.WHITE, FilmMarks(title="Kitchen · 2.5 m"))


@pytest.mark.parametrize("backdrop", [Backdrop.WHITE, Backdrop.BLACK, Backdrop.LIGHT, Backdrop.DARK])
def test_the_second_line_of_a_card_is_easy_to_read(backdrop):
    layout = plan_layout((640, 480), FilmLayout(), FilmOutput(height_px=480))
    card = Composer(layout, backdrop, FilmMarks(title="A", subtitle="HHHHHHHHHH")).title(0.5).astype(float)
    behind = card[0, 0]
    lower = card[card.shape[0] // 2 + 10 :]
    farthest = np.abs(lower - behind).sum(axis=2).max()
    assert farthest > 3 * 110


def test_titles_are_as_wished_unless_no_font_can_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def strip(titles: tuple[str, ...]) -> np.ndarray:
        wish = FilmLayout(panels=(FilmPanel.RGB, FilmPanel.WORLD), titles=titles)
        layout = plan_layout((200, 100), wish, FilmOutput(height_px=100))
        panels = {box.panel: np.zeros((box.height_px, box.width_px, 3), np.uint8) for box in layout.boxes}
        return Composer(layout, Backdrop.WHITE, FilmMarks()).compose(panels)[: layout.strip_px]

    usual = strip(())
    np.testing.assert_array_equal(strip(("RGB input", "World")), usual)
    assert (strip(("Camera", "World")) != usual).any()
    monkeypatch.setattr(lettering, "SYSTEM_FONTS", ())
    np.testing.assert_array_equal(strip(("世界", "World")), usual)
    with pytest.raises(ConfigError, match="2 panels need as many titles, not 1"):
        strip(("World",))


def test_labels_without_a_background_are_readable_on_white_and_on_black():
    layout = plan_layout((640, 480), FilmLayout(backdrop=Backdrop.TRANSPARENT), FilmOutput(height_px=480))
    composer = Composer(layout, Backdrop.TRANSPARENT, FilmMarks())
    panels = {box.panel: plain(box.width_px, box.height_px, (9, 9, 9, 0)) for box in layout.boxes}
    strip = composer.compose(panels)[: layout.strip_px].astype(float)
    for behind in (0.0, 255.0):
        cover = strip[..., 3:] / 255.0
        seen = (cover * strip[..., :3] + (1.0 - cover) * behind).mean(axis=2)
        assert np.ptp(seen) > 150
