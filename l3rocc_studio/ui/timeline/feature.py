"""Everything that makes the timeline more than its widgets: pictures, quality, range, marks, jumps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from l3rocc_studio.model.marks import neighbour
from l3rocc_studio.model.place import clock_text
from l3rocc_studio.model.timeline import SPEEDS
from l3rocc_studio.model.view_keyframes import EASE_NAMES, view_name
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.timeline.content import TrackContent
from l3rocc_studio.ui.timeline.mark_editing import MarkEditor
from l3rocc_studio.ui.timeline.measuring import QualityMeter
from l3rocc_studio.ui.timeline.pictures import Pictures
from l3rocc_studio.ui.timeline.preview import Preview
from l3rocc_studio.ui.timeline.range_editing import RangeEditor

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

PATH_EASE_KEYS = ("path_smooth", "path_linear", "path_hold")
"""Offered where there is a view of the camera path."""
MENU_KEYS = (
    ("set_path_view", "remove_path_view"),
    PATH_EASE_KEYS,
    ("mark", "rename_mark"),
    ("set_in", "set_out", "clear_range"),
    ("process_range", "range_only"),
    ("timeline_zoom_in", "timeline_zoom_out", "timeline_fit"),
)
WORST_PLACES = 8


class TimelineFeature(QObject):
    """Feeds the time axis and does what its actions ask for."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio.window)
        self._studio = studio
        self._session = session = studio.session
        self._bar = studio.window.timeline_bar
        self._track = self._bar.track
        self.ranges = RangeEditor(studio)
        self.marks = MarkEditor(studio)
        self.meter = QualityMeter(self)
        self.pictures = Pictures(self)
        self.preview = Preview(studio.window)
        self._visited: list[int] = []
        self._connect()
        timeline = session.timeline
        self._disconnects = [
            session.source_changed.connect(self._take_source),
            session.run_changed.connect(self._take_run),
            session.marks.changed.connect(self._show),
            session.view_keyframes.changed.connect(self._show),
            timeline.structure_changed.connect(self._show),
            timeline.scrubbing_changed.connect(lambda _is: self._rest()),
            timeline.playing_changed.connect(lambda _is: self._rest()),
        ]

    def shut_down(self) -> None:
        """Stop threads and listening."""
        self._studio.theme.changed.disconnect(self._track.repaint_all)
        for disconnect in self._disconnects:
            disconnect()
        self.ranges.shut_down()
        self.marks.shut_down()
        self.meter.shut_down()
        self.pictures.shut_down()

    def _connect(self) -> None:
        track, on, allow = self._track, self._studio.actions.on, self._studio.permissions.add_rule
        track.range_wanted.connect(self.ranges.change)
        track.view_moved.connect(self._move_view)
        track.mark_activated.connect(self.marks.ask_for_name)
        track.menu_wanted.connect(self._open_menu)
        track.hovered.connect(self._hover)
        track.view_changed.connect(self._want_pictures)
        self.pictures.arrived.connect(self._pictures_arrived)
        self.meter.changed.connect(self._quality_changed)
        self._studio.theme.changed.connect(track.repaint_all)
        on("go_to", self._type_place)
        on("previous_keyframe", partial(self._visit_keyframe, -1))
        on("next_keyframe", partial(self._visit_keyframe, 1))
        on("worst", self._visit_worst)
        on("slower", partial(self._change_speed, -1))
        on("faster", partial(self._change_speed, 1))
        on("timeline_zoom_in", partial(self._zoom, 2.0))
        on("timeline_zoom_out", partial(self._zoom, 0.5))
        on("timeline_fit", partial(self._zoom, 0.0))
        allow("worst", lambda: "" if self.meter.quality is not None else tr("The quality is still being measured."))

    def _move_view(self, frame_idx: int, to: int) -> None:
        self._session.view_keyframes.move(frame_idx, to)
        self._studio.window.say(tr("Moved the view at frame {frame_idx} to {to}").format(frame_idx=frame_idx, to=to))

    # Feeding the axis

    def _take_source(self) -> None:
        source = self._session.source
        self.preview.hide()
        self.pictures.set_source(source)
        self._track.set_pictures(self.pictures.nearest, self.pictures.aspect)
        self._show()

    def _take_run(self) -> None:
        self.meter.set_run(self._session.run)
        self._show()

    def _quality_changed(self) -> None:
        self._visited.clear()
        self._studio.permissions.update_one("worst")
        self._show()

    def _show(self) -> None:
        session, timeline = self._session, self._session.timeline
        frames = session.run_frames
        keyframes = session.run.record.keyframes if session.run else ()
        self._track.show_content(
            TrackContent(
                times_s=timeline.times_s,
                selected=timeline.range,
                keyframes=tuple(frames.start + keyframe for keyframe in keyframes),
                processed=frames,
                marks=session.marks.all,
                views=session.view_keyframes.items,
                quality=self.meter.quality,
            )
        )

    def _want_pictures(self) -> None:
        self.pictures.want(self._track.frames_of_thumbnails())

    def _rest(self) -> None:
        timeline = self._session.timeline
        self.pictures.hold(is_held=timeline.is_scrubbing or timeline.is_playing)
        if timeline.is_scrubbing or timeline.is_playing:
            self.preview.hide()

    def _pictures_arrived(self) -> None:
        self._track.repaint_all()
        if self.preview.isVisible() and not self.preview.has_picture:
            self._tell(self.preview.frame_idx)

    # The pointer

    def _hover(self, frame_idx: int, x: float) -> None:
        timeline = self._session.timeline
        if frame_idx < 0 or timeline.is_playing:
            self.preview.hide()
            return
        self.pictures.want_now(frame_idx)
        self._tell(frame_idx)
        window = self._studio.window
        place = self._track.mapTo(window, QPoint(round(x), 0))
        self.preview.stand_above(QPoint(place.x(), self._bar.mapTo(window, QPoint(0, 0)).y()))

    def _tell(self, frame_idx: int) -> None:
        session = self._session
        title = f"{frame_idx}   {clock_text(session.timeline.time_of(frame_idx))}"
        self.preview.tell(
            frame_idx, title, self._describe(frame_idx), self.pictures.exact(frame_idx), self.pictures.size_px
        )

    def _describe(self, frame_idx: int) -> str:
        """Mark, view of the camera path, keyframe and quality of a frame, a line each."""
        session, lines = self._session, []
        mark = session.marks.at(frame_idx)
        if mark is not None:
            lines.append(mark.name)
        view = session.view_keyframes.at(frame_idx)
        if view is not None:
            ease = tr(EASE_NAMES[view.ease])
            lines.append(tr("camera path: {view}, {ease}").format(view=view_name(view), ease=ease))
        run_frame = session.run_frame(frame_idx)
        if session.run is not None and run_frame is None:
            lines.append(tr("not processed"))
        if session.run is not None and run_frame in session.run.record.keyframes:
            lines.append(tr("keyframe"))
        if self.meter.quality is not None and run_frame is not None:
            lines.append(self.meter.quality.describe(run_frame))
        return "\n".join(lines)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self._track)
        menu.setToolTipsVisible(True)
        has_view = self._session.view_keyframes.at(self._session.timeline.current) is not None
        for group in MENU_KEYS:
            if group is PATH_EASE_KEYS and not has_view:
                continue
            for key in group:
                menu.addAction(self._studio.actions[key])
            menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _zoom(self, factor: float) -> None:
        # Another frame will be under the pointer.
        self.preview.hide()
        self._track.zoom(factor)

    # Going places

    def _type_place(self) -> None:
        field = self._bar.transport.place
        field.setFocus()
        field.selectAll()

    def _go(self, frame_idx: int) -> None:
        self._session.timeline.pause()
        self._session.timeline.seek(frame_idx)

    def _visit_keyframe(self, direction: int) -> None:
        found = neighbour(list(self._track.content.keyframes), self._session.timeline.current, direction)
        if found is None:
            self._studio.window.say(
                tr("There is no later keyframe.") if direction > 0 else tr("There is no earlier keyframe.")
            )
        else:
            self._go(found)

    def _visit_worst(self) -> None:
        """The worst place first; asked again, the next worst, and round again after some."""
        quality, window = self.meter.quality, self._studio.window
        if quality is None:
            return
        worst = quality.worst_frames(WORST_PLACES)
        left = [frame_idx for frame_idx in worst if frame_idx not in self._visited]
        if not left:
            self._visited.clear()
            left = worst
        if not left:
            window.say(tr("There is no quality data."))
            return
        self._visited.append(left[0])
        self._go(self._session.run_frames.start + left[0])
        window.say(
            tr("Worst frame {count} of {count2}: {describe}").format(
                count=len(self._visited), count2=len(worst), describe=quality.describe(left[0])
            )
        )

    def _change_speed(self, direction: int) -> None:
        timeline = self._session.timeline
        place = SPEEDS.index(timeline.speed) + direction
        if 0 <= place < len(SPEEDS):
            timeline.set_speed(SPEEDS[place])
            self._studio.window.say(tr("Playing at {speed:g}×").format(speed=SPEEDS[place]))
