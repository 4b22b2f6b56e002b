"""Fields of the occupancy panel's look."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from l3rocc_studio.model.counts import frames_text
from l3rocc_studio.model.looks import OccupancyLook, VoxelColor
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.looks.color_button import ColorButton
from l3rocc_studio.ui.looks.fields import in_columns, named_rows, show_choice
from l3rocc_studio.ui.looks.labels import HIDDEN_STYLES, PALETTES, VOXEL_COLORS, VOXEL_SHAPES
from l3rocc_studio.ui.looks.look_form import LookForm, percent_text
from l3rocc_studio.ui.looks.slider_row import SliderRow

LONGEST_HISTORY, WIDEST_STEP = 50, 20
NOT_KNOWN = N_("This result does not say what the camera could have seen. Process the source again.")
_LAYERS = (
    ("has_visible", N_("Visible"), N_("Voxels that the camera sees occupied now")),
    ("has_history", N_("Remembered"), N_("Voxels that earlier frames saw occupied, faded")),
    ("has_occluded", N_("Occluded"), N_("Space hidden behind what the camera sees")),
    ("has_never_seen", N_("Never seen"), N_("Space outside the picture")),
    ("has_free", N_("Free"), N_("Space that the camera sees as empty")),
)
_PARTS = (
    ("has_box", N_("Box"), N_("The range around the camera, as a grid")),
    ("has_camera", N_("Camera"), N_("Camera position")),
    ("has_legend", N_("Legend"), N_("Colour legend and voxel counts in the panel")),
)


class OccupancyForm(LookForm[OccupancyLook]):
    """Voxels, layers and parts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(OccupancyLook(), parent)
        self._history = (0, 1)
        self.shape_box = self._choice("shape", tr("Voxel style"), VOXEL_SHAPES, tr("Voxels"))
        self.color = self._choice("color", tr("Colours"), VOXEL_COLORS)
        self.palette_box = self._choice("palette", tr("Palette"), PALETTES)
        self.plain_color = ColorButton(tr("Colour of the voxels"), self)
        self.plain_color.chosen.connect(lambda text: self._set("plain_color", text, tr("Colour")))
        self.hidden_style = self._choice("hidden_style", tr("Style of unseen space"), HIDDEN_STYLES, tr("Unseen space"))
        self.boxes = self._checks((*_LAYERS, *_PARTS))
        self.sliders = self._make_sliders()
        self.backdrop = self._backdrop()
        self._lay_out()
        self.show_run(0, 1, knows_view=True)

    def _make_sliders(self) -> dict[str, SliderRow]:
        rows = {
            "edge_strength": SliderRow(tr("Edges"), percent_text, tr("Darkness of voxel edges"), self, steps=20),
            "history_len": SliderRow(
                tr("History"), _frames, tr("Number of earlier frames to remember"), self, steps=LONGEST_HISTORY
            ),
            "history_step": SliderRow(
                tr("Step"), _every, tr("Spacing of the remembered frames"), self, steps=WIDEST_STEP - 1
            ),
        }
        rows["history_len"].set_span(0.0, LONGEST_HISTORY)
        rows["history_step"].set_span(1.0, WIDEST_STEP)
        rows["edge_strength"].moved.connect(lambda value: self._set("edge_strength", value, tr("Edges"), "edges"))
        for name in ("history_len", "history_step"):
            rows[name].moved.connect(lambda value, name=name: self._set(name, round(value), tr("History"), name))
        self._follow(rows.values())
        return rows

    def _lay_out(self) -> None:
        column = self._column
        self._palette_rows = named_rows(self, ((tr("Palette"), self.palette_box),))
        backdrop = named_rows(self, ((tr("Background"), self.backdrop),))
        self._plain_rows = named_rows(self, ((tr("Colour"), self.plain_color),))
        voxels = named_rows(self, ((tr("Voxel style"), self.shape_box), (tr("Colours"), self.color)))
        edges = self.sliders["edge_strength"]
        column.addWidget(make_card(self, tr("VOXELS"), voxels, self._palette_rows, self._plain_rows, edges))
        layers = in_columns(self, [self.boxes[name] for name, _, _ in _LAYERS])
        style = named_rows(self, ((tr("Unseen style"), self.hidden_style),))
        history = (self.sliders["history_len"], self.sliders["history_step"])
        column.addWidget(make_card(self, tr("LAYERS"), layers, *history, style))
        parts = in_columns(self, [self.boxes[name] for name, _, _ in _PARTS], columns=3)
        column.addWidget(make_card(self, tr("SHOW"), parts, backdrop))

    def show_look(self, look: OccupancyLook) -> None:
        """Fill the fields."""
        self._look = look
        show_choice(self.shape_box, look.shape)
        show_choice(self.color, look.color)
        show_choice(self.palette_box, look.palette)
        show_choice(self.hidden_style, look.hidden_style)
        is_plain = look.color is VoxelColor.PLAIN
        self._palette_rows.setVisible(not is_plain)
        self._plain_rows.setVisible(is_plain)
        self.plain_color.show_color(look.plain_color)
        for name, box in self.boxes.items():
            box.setChecked(getattr(look, name))
        length, step = self._history
        self.sliders["edge_strength"].show_value(look.edge_strength)
        self.sliders["history_len"].show_value(length if look.history_len is None else look.history_len)
        self.sliders["history_step"].show_value(step if look.history_step is None else look.history_step)
        for name in ("history_len", "history_step"):
            self.sliders[name].allow("" if look.has_history else tr("Remembered voxels are not shown."))
        self.backdrop.show_backdrop(look.backdrop)

    def show_run(self, history_len: int, history_step: int, *, knows_view: bool) -> None:
        """The run's own history, and whether it says what is occluded."""
        self._history = (history_len, history_step)
        for name, _, tooltip in _LAYERS:
            is_known = knows_view or name not in ("has_occluded", "has_never_seen")
            self.boxes[name].setEnabled(is_known)
            self.boxes[name].setToolTip(tr(tooltip if is_known else NOT_KNOWN))
        self.show_look(self._look)


def _frames(value: float) -> str:
    return frames_text(round(value))


def _every(value: float) -> str:
    count = round(value)
    return tr("every frame") if count == 1 else frames_text(count)
