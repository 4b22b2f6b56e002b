"""What the pictures of a film cost in bytes and in work: guessed here, or found out by :mod:`.film_probe`.

All numbers that were measured once, and have to be measured again when painter or encoder change, are in this module.
"""

from __future__ import annotations

from dataclasses import dataclass

from l3rocc_studio.model.film_camera import CameraKind
from l3rocc_studio.model.film_plan import FilmFacts, FilmPlan
from l3rocc_studio.model.film_spec import FilmFormat, FilmPanel, FilmQuality, FilmSpec
from l3rocc_studio.render.film_layout import Layout

START_S = 0.9
"""For processes to start, import what they need and read the run; they do that at the same time."""
CORES_A_WORKER = 1.7
"""What a process keeps busy: it draws and encodes at the same time, and neither waits for the other for long."""
STANDING = frozenset({CameraKind.GODS_EYE, CameraKind.TOP, CameraKind.SAVED})
"""Cameras from which the cloud is drawn once."""


SLOW_GAP_S = 1.0
"""Pictures of the recording so far apart have little in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PanelCost:
    """Of one panel of a megapixel; bytes and milliseconds grow with a power of its size.

    ``key_kb`` are those of a picture that refers to none before it. ``near_share`` is what one takes of it that refers
    to one a moment before, ``far_share`` to one of a second before. ``first_ms`` is the work of a process until its
    first picture is there, ``next_ms`` that of each further one.
    """

    key_kb: float
    near_share: float
    far_share: float
    bytes_power: float
    first_ms: float
    next_ms: float
    work_power: float


RGB_COST = _PanelCost(
    key_kb=101.0, near_share=0.5, far_share=0.85, bytes_power=0.6, first_ms=20.0, next_ms=3.0, work_power=0.5
)
STILL_WORLD_COST = _PanelCost(
    key_kb=120.0, near_share=0.03, far_share=0.11, bytes_power=0.77, first_ms=900.0, next_ms=6.0, work_power=0.3
)
MOVING_WORLD_COST = _PanelCost(
    key_kb=119.0, near_share=0.5, far_share=0.85, bytes_power=0.75, first_ms=750.0, next_ms=37.0, work_power=0.6
)
OCCUPANCY_COST = _PanelCost(
    key_kb=131.0, near_share=0.68, far_share=1.5, bytes_power=0.9, first_ms=200.0, next_ms=19.0, work_power=0.5
)
ENCODING_MS_A_MEGAPIXEL = {
    FilmFormat.MP4: {FilmQuality.DRAFT: 7.0, FilmQuality.GOOD: 7.0, FilmQuality.BEST: 80.0},
    FilmFormat.WEBM: {FilmQuality.DRAFT: 35.0, FilmQuality.GOOD: 50.0, FilmQuality.BEST: 200.0},
    FilmFormat.GIF: dict.fromkeys(FilmQuality, 40.0),
    FilmFormat.PNG: dict.fromkeys(FilmQuality, 90.0),
}
"""With what is done to a picture before it is encoded."""
DECODING_MS_A_MEGAPIXEL = 14.0
"""Of the recording's pictures, with what brings them to the panel's size."""
JOINING_MS_A_MEGAPIXEL = {FilmFormat.GIF: 150.0}
"""Of formats whose pictures are encoded anew when they are put together, by one thread."""
SIZE_FACTORS = {
    FilmFormat.MP4: {FilmQuality.DRAFT: (0.65, 0.6), FilmQuality.GOOD: (1.0, 1.0), FilmQuality.BEST: (1.1, 0.9)},
    FilmFormat.WEBM: {FilmQuality.DRAFT: (0.83, 0.32), FilmQuality.GOOD: (1.1, 0.57), FilmQuality.BEST: (1.26, 0.7)},
    FilmFormat.GIF: dict.fromkeys(FilmQuality, (2.2, 2.2)),
    FilmFormat.PNG: dict.fromkeys(FilmQuality, (5.6, 5.6)),
}
"""Bytes of a key picture, and of one that follows it, over those of a good H.264 film's."""
STANDALONE = frozenset({FilmFormat.GIF, FilmFormat.PNG})
"""Formats whose pictures gain next to nothing from those before them."""
GUESSED_BYTES, GUESSED_WORK = 1.45, 1.6
"""By which factor guesses may be off, since nothing is known of the pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCosts:
    """What pictures cost.

    Attributes
    ----------
    key_bytes, next_bytes
        Of the first picture of a segment, and of each that follows.
    first_s, next_s
        CPU seconds until a process has painted its first picture, and of each further one, encoding included.
    joining_s
        CPU seconds of each picture when all are put together, which one thread does at the end.
    bytes_spread, work_spread
        By which factor, more or less, the truth may differ.
    """

    key_bytes: float
    next_bytes: float
    first_s: float
    next_s: float
    joining_s: float = 0.0
    bytes_spread: float = GUESSED_BYTES
    work_spread: float = GUESSED_WORK

    def film_bytes(self, plan: FilmPlan) -> float:
        """Of all pictures; a title card takes next to nothing."""
        num_frames = sum(frame_idx is not None for frame_idx in plan.frames)
        num_keys = sum(any(plan.frames[number] is not None for number in numbers) for numbers in plan.segments)
        return num_keys * self.key_bytes + (num_frames - num_keys) * self.next_bytes

    def film_seconds(self, plan: FilmPlan, *, workers: int, cores: int) -> float:
        """To draw and encode all pictures with nothing else running."""
        busy = min(float(cores), CORES_A_WORKER * workers)
        starting = START_S + self.first_s * max(1.0, workers / busy)
        drawing = max(0, plan.num_pictures - workers) * self.next_s / busy
        return starting + drawing + plan.num_pictures * self.joining_s


def guess_costs(layout: Layout, spec: FilmSpec, facts: FilmFacts) -> FilmCosts:
    """Costs of pictures that nobody has looked at, on one core of a server with software rendering.

    Parameters
    ----------
    layout, spec
        The film.
    facts
        Of the recording.
    """
    gap = min(1.0, spec.output.every / facts.fps / SLOW_GAP_S)
    kind, quality = spec.output.format, spec.output.quality
    key_kb = next_kb = first_ms = 0.0
    next_ms = DECODING_MS_A_MEGAPIXEL * facts.size_px[0] * facts.size_px[1] / 1e6
    for box in layout.boxes:
        megapixels = box.width_px * box.height_px / 1e6
        cost = _panel_cost(box.panel, spec)
        panel_kb = cost.key_kb * megapixels**cost.bytes_power
        key_kb += panel_kb
        next_kb += panel_kb * (
            1.0 if kind in STANDALONE else cost.near_share + gap * (cost.far_share - cost.near_share)
        )
        first_ms += cost.first_ms * megapixels**cost.work_power
        next_ms += cost.next_ms * megapixels**cost.work_power
    key_factor, next_factor = SIZE_FACTORS[kind][quality]
    megapixels = layout.size_px[0] * layout.size_px[1] / 1e6
    encoding_ms = ENCODING_MS_A_MEGAPIXEL[kind][quality] * megapixels
    return FilmCosts(
        key_bytes=1e3 * key_factor * key_kb,
        next_bytes=1e3 * next_factor * next_kb,
        first_s=1e-3 * (first_ms + encoding_ms),
        next_s=1e-3 * (next_ms + encoding_ms),
        joining_s=1e-3 * JOINING_MS_A_MEGAPIXEL.get(kind, 0.0) * megapixels,
    )


def _panel_cost(panel: FilmPanel, spec: FilmSpec) -> _PanelCost:
    if panel is FilmPanel.RGB:
        return RGB_COST
    if panel is FilmPanel.OCCUPANCY:
        return OCCUPANCY_COST
    is_standing = spec.camera.kind in STANDING and not spec.look.cloud_look.depends_on_frame
    return STILL_WORLD_COST if is_standing else MOVING_WORLD_COST
