from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.quality import QualityTrack
from l3rocc_studio.model.time_scale import TimeScale
from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.content import TrackContent
from l3rocc_studio.ui.timeline.strips import thumbnail_frames, worst_per_pixel
from l3rocc_studio.ui.timeline.track import Track

NUM_FRAMES = 200
TIMES = tuple(index / 10 for index in range(NUM_FRAMES))


@pytest.fixture
def timeline() -> Timeline:
    made = Timeline()
    made.load(TIMES)
    return made


@pytest.fixture
def track(qtbot: QtBot, theme: Theme, timeline: Timeline) -> Iterator[Track]:
    made = Track(timeline, theme)
    qtbot.addWidget(made)
    made.resize(1000, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    made.show_content(TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1)))
    yield made
    made.shut_down()


def place_of(track: Track, frame_idx: int, y: int = 50) -> QPoint:
    return QPoint(round(track.scale.x_of(frame_idx)), y)


def drag(qtbot: QtBot, track: Track, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(track, (start + end) / 2)
    qtbot.mouseMove(track, end)
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=end)


def turn_wheel(track: Track, x: float, turns: int, modifiers: Qt.KeyboardModifier) -> None:
    place = QPointF(x, 50)
    event = QWheelEvent(
        place,
        track.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(track, event)


def test_a_press_goes_there_and_a_drag_scrubs(track: Track, timeline: Timeline, qtbot: QtBot) -> None:
    scrubbing: list[bool] = []
    timeline.scrubbing_changed.connect(scrubbing.append)
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=place_of(track, 50))
    assert timeline.current == 50
    qtbot.mouseMove(track, place_of(track, 80))
    assert timeline.current == 80
    assert scrubbing == [True]
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=place_of(track, 80))
    assert scrubbing == [True, False]


def test_the_quality_lane_goes_there_as_well(track: Track, timeline: Timeline, qtbot: QtBot) -> None:
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=place_of(track, 120, track.height() - 5))
    assert timeline.current == 120


def test_handles_change_the_range_and_not_the_frame(track: Track, timeline: Timeline, qtbot: QtBot) -> None:
    wanted: list[tuple[int, int]] = []
    track.range_wanted.connect(lambda first, last: wanted.append((first, last)))
    left, right = round(track.scale.edge_x(0)), round(track.scale.edge_x(NUM_FRAMES))
    drag(qtbot, track, QPoint(left - 3, 22), QPoint(round(track.scale.edge_x(40)), 22))
    assert wanted[-1] == (40, NUM_FRAMES - 1)
    drag(qtbot, track, QPoint(right + 3, 22), QPoint(round(track.scale.edge_x(151)), 22))
    assert wanted[-1] == (0, 150)
    assert timeline.current == 0


def test_the_wheel_zooms_about_the_pointer_and_shifts(track: Track) -> None:
    under = track.scale.frame_at(400)
    turn_wheel(track, 400, 5, Qt.KeyboardModifier.NoModifier)
    assert track.scale.visible < NUM_FRAMES / 2
    assert track.scale.frame_at(400) == under
    before = track.scale.first
    turn_wheel(track, 400, -2, Qt.KeyboardModifier.ShiftModifier)
    assert track.scale.first > before
    track.zoom(0)
    assert track.scale.is_whole


def test_the_playhead_is_followed_when_it_leaves_the_view(track: Track, timeline: Timeline) -> None:
    track.zoom(10)
    timeline.seek(180)
    assert track.scale.first <= 180 < track.scale.first + track.scale.visible


def test_marks_are_gone_to_exactly_and_renamed(track: Track, timeline: Timeline, qtbot: QtBot) -> None:
    mark = Mark(frame_idx=77, name="door")
    track.show_content(TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1), marks=(mark,)))
    heard: list[Mark] = []
    track.mark_activated.connect(heard.append)
    flag = place_of(track, 77, 4) + QPoint(6, 0)
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=flag)
    assert timeline.current == 77
    qtbot.mouseDClick(track, Qt.MouseButton.LeftButton, pos=flag)
    assert heard == [mark]


POSE = CameraPose(position=(1.0, 2.0, 3.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))
VIEWS = (
    ViewKeyframe(frame_idx=40, view=POSE),
    ViewKeyframe(frame_idx=80, view=WorldPreset.FOLLOW, ease=Ease.HOLD),
    ViewKeyframe(frame_idx=140, view=POSE, ease=Ease.LINEAR),
)


@pytest.fixture
def path_track(track: Track) -> Track:
    """A track with views of the camera path."""
    content = TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1), processed=range(20, 180), views=VIEWS)
    track.show_content(content)
    track.resize(1000, track.sizeHint().height())
    return track


def is_like(color: QColor, wanted: QColor) -> bool:
    """Equal but for the rounding of smoothed borders."""
    return max(abs(a - b) for a, b in zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True)) <= 2  # type: ignore[arg-type, operator]


def lane_place(track: Track, frame_idx: int) -> QPoint:
    return QPoint(round(track.scale.x_of(frame_idx)), round(track._areas.views.center().y()))


def test_views_of_the_camera_path_have_a_lane_while_there_are_any(track: Track, theme: Theme) -> None:
    without_px = track.sizeHint().height()
    track.show_content(TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1), views=VIEWS))
    assert 8 <= track.sizeHint().height() - without_px <= 16
    track.resize(1000, track.sizeHint().height())
    picture, accent, panel = track.grab().toImage(), theme.color("accent"), theme.color("panel")
    fixed, moving, between = (lane_place(track, frame_idx) for frame_idx in (40, 80, 60))
    assert is_like(picture.pixelColor(fixed), accent)
    assert picture.pixelColor(moving) == panel, "hollow: this view moves by itself"
    for corner in (QPoint(5, 0), QPoint(-5, 0), QPoint(0, 5), QPoint(0, -5)):
        assert picture.pixelColor(moving + corner) != panel
    assert is_like(picture.pixelColor(between), accent), "a smooth way is as thick as can be in its middle"
    held = [picture.pixelColor(QPoint(x, moving.y())) for x in range(moving.x() + 10, moving.x() + 60)]
    assert panel in held and any(color != panel for color in held), "dashes"
    after = lane_place(track, 170)
    assert picture.pixelColor(after) == panel, "nothing follows the last view"
    track.show_content(TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1)))
    assert track.sizeHint().height() == without_px


def test_the_lane_appears_when_there_is_room_and_squeezes_nothing(track: Track) -> None:
    quality = track._areas.quality
    before = track.grab().toImage()
    track.show_content(TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1), views=VIEWS))
    assert track._areas.quality == quality
    assert track.grab().toImage() == before, "until the layout has made room all stays where it was"
    track.resize(1000, track.sizeHint().height())
    assert track._areas.quality.top() > quality.top() and track._areas.quality.height() == quality.height()


def test_a_click_goes_to_a_view_and_a_drag_moves_it(path_track: Track, timeline: Timeline, qtbot: QtBot) -> None:
    moved: list[tuple[int, int]] = []
    path_track.view_moved.connect(lambda frame_idx, to: moved.append((frame_idx, to)))
    qtbot.mouseClick(path_track, Qt.MouseButton.LeftButton, pos=lane_place(path_track, 80) + QPoint(4, 0))
    assert timeline.current == 80 and not moved
    drag(qtbot, path_track, lane_place(path_track, 80), lane_place(path_track, 100))
    assert moved == [(80, 100)]
    assert timeline.current == 80, "the playhead stays"
    drag(qtbot, path_track, lane_place(path_track, 140), lane_place(path_track, 199))
    assert moved[-1] == (140, 179), "no farther than there are processed frames"
    drag(qtbot, path_track, lane_place(path_track, 60), lane_place(path_track, 70))
    assert len(moved) == 2 and timeline.current == 70, "beside a view one scrubs"


def test_a_dragged_view_is_seen_where_it_would_be(path_track: Track, theme: Theme, qtbot: QtBot) -> None:
    accent = theme.color("accent")
    qtbot.mousePress(path_track, Qt.MouseButton.LeftButton, pos=lane_place(path_track, 140))
    qtbot.mouseMove(path_track, lane_place(path_track, 170))
    assert is_like(path_track.grab().toImage().pixelColor(lane_place(path_track, 170)), accent)
    assert path_track.content.views == VIEWS, "nothing is changed before it is let go"
    qtbot.mouseMove(path_track, lane_place(path_track, 140))
    qtbot.mouseRelease(path_track, Qt.MouseButton.LeftButton, pos=lane_place(path_track, 140))
    assert not is_like(path_track.grab().toImage().pixelColor(lane_place(path_track, 170)), accent)


def test_the_pointer_is_told_of(track: Track, qtbot: QtBot) -> None:
    heard: list[int] = []
    track.hovered.connect(lambda frame_idx, _x: heard.append(frame_idx))
    qtbot.mouseMove(track, place_of(track, 30))
    qtbot.waitUntil(lambda: heard[-1:] == [30])  # the display says where the mouse is, in its time
    QApplication.sendEvent(track, QEvent(QEvent.Type.Leave))
    assert heard[-1] == -1


def test_the_pointers_line_goes_with_a_drag_and_does_not_stay_where_it_began(track: Track, qtbot: QtBot) -> None:
    def lines(*frames: int) -> list[bool]:
        """At which frames there is a line on the screen, below the strips."""
        QApplication.processEvents()
        image = track.screen().grabWindow(track.winId()).toImage()
        y = track.height() - 2
        ground = image.pixelColor(place_of(track, 150).x(), y)
        columns = (place_of(track, frame_idx).x() for frame_idx in frames)
        return [any(image.pixelColor(x + off, y) != ground for off in (-1, 0, 1)) for x in columns]

    start, end = place_of(track, 50), place_of(track, 120)
    qtbot.mouseMove(track, start)
    qtbot.waitUntil(lambda: lines(50, 120) == [True, False])  # the display tells of the pointer in its time
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(track, (start + end) / 2)
    qtbot.mouseMove(track, end)
    qtbot.waitUntil(lambda: lines(50, 120) == [False, False])
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=end)
    qtbot.waitUntil(lambda: lines(50, 120) == [False, True])


@pytest.mark.parametrize("num_frames", [0, 1, 2, 480, 100_000])
def test_it_paints_at_any_length_and_width(
    qtbot: QtBot, theme: Theme, timeline: Timeline, track: Track, num_frames: int
) -> None:
    times = tuple(index / 30 for index in range(num_frames))
    timeline.load(times)
    values = np.linspace(0, 1, num_frames, dtype=np.float32)
    track.show_content(
        TrackContent(
            times_s=times,
            selected=(0, max(0, num_frames - 1)),
            keyframes=tuple(range(0, num_frames, 10)),
            processed=range(num_frames),
            quality=QualityTrack(coverage=values, confidence=values, seam=values * np.float32(np.nan)),
        )
    )
    for width_px in (160, 900, 3000):
        track.resize(width_px, track.sizeHint().height())
        picture = track.grab().toImage()
        colors = {picture.pixel(x, y) for x in range(0, width_px, 7) for y in range(0, track.height(), 3)}
        assert (len(colors) > 3) == (num_frames > 0)


def test_bad_frames_can_be_seen_and_the_worst_of_a_pixel_counts(track: Track, theme: Theme) -> None:
    values = np.ones(NUM_FRAMES, dtype=np.float32)
    values[120] = 0.0
    quality = QualityTrack(coverage=values, confidence=values, seam=np.full(NUM_FRAMES, np.nan, dtype=np.float32))
    everything = range(NUM_FRAMES)
    track.show_content(TrackContent(times_s=TIMES, selected=(0, NUM_FRAMES - 1), processed=everything, quality=quality))
    y = track.height() - 4
    picture = track.grab().toImage()
    bad, good = (picture.pixelColor(round(track.scale.x_of(frame)), y) for frame in (120, 60))
    assert bad == theme.color("bad")
    assert good == theme.color("quality_good")


def test_the_lowest_value_of_each_pixel() -> None:
    values = np.array([0.9, 0.1, 0.8, np.nan], dtype=np.float32)
    wide = worst_per_pixel(values, 0, TimeScale(num_frames=4, width_px=8), 0.0, 8)
    np.testing.assert_allclose(wide, [0.9, 0.9, 0.1, 0.1, 0.8, 0.8, np.nan, np.nan], rtol=1e-6)
    narrow = worst_per_pixel(values, 0, TimeScale(num_frames=4, width_px=2), 0.0, 2)
    np.testing.assert_allclose(narrow, [0.1, 0.8], rtol=1e-6)
    shifted = worst_per_pixel(values, 2, TimeScale(num_frames=6, width_px=6), 0.0, 6)
    np.testing.assert_allclose(shifted, [np.nan, np.nan, 0.9, 0.1, 0.8, np.nan], rtol=1e-6)


def test_thumbnails_stand_side_by_side_and_stay_put_when_shifted(track: Track) -> None:
    whole = thumbnail_frames(track.scale, 50)
    assert [left for left, _ in whole][:3] == pytest.approx([12, 62, 112])
    assert all(track.scale.frame_at(left + 25) == frame for left, frame in whole[:-1])
    zoomed = track.scale.zoomed(4, 500)
    before, after = (dict(thumbnail_frames(scale, 50)) for scale in (zoomed, zoomed.panned(20)))
    assert set(before.values()) & set(after.values())


def test_only_what_is_there_is_drawn(track: Track) -> None:
    red = QImage(60, 45, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    track.set_pictures(lambda frame_idx: red if frame_idx < 100 else None, 4 / 3)
    picture = track.grab().toImage()
    assert picture.pixelColor(place_of(track, 35, 60)).red() > 200, "where no other test left the pointer"
    assert picture.pixelColor(place_of(track, 170, 60)).red() < 100
    assert track.frames_of_thumbnails()
    track.set_thumbnails_visible(is_visible=False)
    assert track.frames_of_thumbnails() == []


def test_the_keyboards_ring_leaves_the_timeline_to_be_seen(
    track: Track, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the edge differs: the playhead's fill once went on into the ring."""
    timeline.seek(50)
    without = track.grab().toImage()
    monkeypatch.setattr(track, "hasFocus", lambda: True)
    ringed = track.grab().toImage()
    inner = track.rect().adjusted(3, 3, -3, -3)
    assert ringed.copy(inner) == without.copy(inner)
    assert ringed != without
