"""The parts of a project that belong to the session itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine.config import PipelineConfig, config_from_dict
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_studio.model.looks import panel_looks_from_dict
from l3rocc_studio.model.marks import marks_from_dict
from l3rocc_studio.model.measurements import Measurement
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.saved_view import saved_view_from_dict
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.timeline import SPEEDS
from l3rocc_studio.model.view import as_vector
from l3rocc_studio.model.view_keyframe import keyframes_from_values, keyframes_to_values, shifted_keyframes

if TYPE_CHECKING:
    from l3rocc_studio.model.project import ProjectPart

SOURCE_KEY = "source"


class ProjectSource:
    """What is open. It is only written here: opening takes time, so the window does it before the other parts."""

    key = SOURCE_KEY

    def __init__(self, session: Session, episode_of: Callable[[], int | None]) -> None:
        self._session = session
        self._episode_of = episode_of

    def to_dict(self) -> dict[str, Any]:
        """Path, episode, and where the result is."""
        source, location = self._session.source, self._session.run_location
        if location is not None:
            return location_to_dict(location)
        if source is None:
            return {}
        return {"path": str(source.path), "episode": self._episode_of()}

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Nothing: it is open already."""

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Another result is worth saving."""
        return self._session.run_changed.connect(listener)


class ProjectSettings:
    """The settings of the next run."""

    key = "settings"

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_dict(self) -> dict[str, Any]:
        """As everywhere."""
        return self._session.config.to_dict()

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Take settings over."""
        self._session.set_config(settings_of(values))

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Each change of a setting."""
        return self._session.config_changed.connect(listener)


class ProjectTimeline:
    """Position, range, speed and marks."""

    key = "timeline"

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_dict(self) -> dict[str, Any]:
        """Frames are those of the source."""
        timeline = self._session.timeline
        return {
            "frame": timeline.current,
            "range": list(timeline.range),
            "speed": timeline.speed,
            "is_looping": timeline.is_looping,
            **self._session.marks.to_dict(),
        }

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Frames that the source does not have mean the nearest one."""
        timeline = self._session.timeline
        try:
            first, last = values.get("range", timeline.range)
            frame, speed = int(values.get("frame", 0)), float(values.get("speed", 1.0))
            span = int(first), int(last)
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError("The timeline of the project is damaged.") from error
        marks = marks_from_dict(values, num_frames=timeline.num_frames)
        timeline.set_range(*span)
        timeline.set_speed(speed if speed in SPEEDS else 1.0)
        timeline.set_looping(bool(values.get("is_looping", True)))
        timeline.seek(frame)
        self._session.marks.replace_all(marks)

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Range, loop, speed and marks; going to a frame alone is not worth saving."""
        forget_timeline = self._session.timeline.structure_changed.connect(listener)
        forget_marks = self._session.marks.changed.connect(listener)

        def disconnect() -> None:
            forget_timeline()
            forget_marks()

        return disconnect


class ProjectLooks:
    """How the panels show it."""

    key = "looks"

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_dict(self) -> dict[str, Any]:
        """Looks of all panels."""
        return self._session.looks.value.to_dict()

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Take looks over."""
        try:
            self._session.looks.set(panel_looks_from_dict(values, origin="the project"))
        except ConfigError as error:
            raise InputError(error.message, error.hint) from error

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Each change of a look."""
        return self._session.looks.changed.connect(listener)


class ProjectViews:
    """Saved views with their thumbnails."""

    key = "views"

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_dict(self) -> dict[str, Any]:
        """All views in their order."""
        return {"views": [view.to_dict(has_thumbnail=True) for view in self._session.views.items]}

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Take the list over."""
        listed = values.get("views", [])
        if not isinstance(listed, list):
            raise InputError("The views of the project are damaged.")
        self._session.views.load([saved_view_from_dict(each) for each in listed])

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Each change of the list."""
        return self._session.views.changed.connect(listener)


class ProjectViewKeyframes:
    """Views along the timeline."""

    key = "camera_path"

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_dict(self) -> dict[str, Any]:
        """As in a file of keyframes, but for frames, which are those of the source."""
        return keyframes_to_values(self._session.view_keyframes.items)

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Take keyframes over; those beyond the last frame are left out."""
        found = keyframes_from_values(dict(values), origin="The project") if values.get("keyframes") else ()
        num_frames = self._session.timeline.num_frames
        self._session.view_keyframes.load(shifted_keyframes(found, 0, num_frames=num_frames))

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Each change of a keyframe."""
        return self._session.view_keyframes.changed.connect(listener)


class ProjectMeasurements:
    """Measured distances."""

    key = "measurements"

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_dict(self) -> dict[str, Any]:
        """Both ends of each, in the world as the backend found it."""
        return {"distances": [[list(item.first), list(item.second)] for item in self._session.measurements.items]}

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Take the list over."""
        try:
            pairs = values.get("distances", [])
            items = [Measurement(first=as_vector(first), second=as_vector(second)) for first, second in pairs]
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError("The distances of the project are damaged.") from error
        self._session.measurements.load(items)

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Each change of the list."""
        return self._session.measurements.changed.connect(listener)


def session_parts(session: Session, episode_of: Callable[[], int | None]) -> tuple[ProjectPart, ...]:
    """Every part of a session, in the order in which they are read."""
    return (
        ProjectSource(session, episode_of),
        ProjectSettings(session),
        ProjectTimeline(session),
        ProjectLooks(session),
        ProjectViews(session),
        ProjectViewKeyframes(session),
        ProjectMeasurements(session),
    )


def settings_of(values: Mapping[str, Any]) -> PipelineConfig:
    """Settings of a project.

    Raises
    ------
    InputError
        If a setting is unknown or wrong.
    """
    try:
        return config_from_dict(values, origin="the project")
    except ConfigError as error:
        raise InputError(error.message, error.hint) from error


def location_to_dict(location: RunLocation) -> dict[str, Any]:
    """A run's location as plain values."""
    return {
        "path": str(location.path),
        "episode": location.episode,
        "workdir": None if location.workdir is None else str(location.workdir),
        "run_config": location.config,
        "has_run": True,
    }


def location_of(values: Mapping[str, Any]) -> RunLocation | None:
    """Where the result of a project's source is; None if it has none.

    Raises
    ------
    InputError
        If the values are damaged.
    """
    if not values.get("has_run"):
        return None
    try:
        workdir, episode = values.get("workdir"), values.get("episode")
        return RunLocation(
            path=Path(values["path"]),
            workdir=None if workdir is None else Path(workdir),
            config=dict(values["run_config"]),
            episode=None if episode is None else int(episode),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError("The project does not say where its result is.") from error
