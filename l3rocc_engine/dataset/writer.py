"""Writes a run as a dataset folder, in either profile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.destination import check_destination
from l3rocc_engine.dataset.draft import Draft, ProfileRules
from l3rocc_engine.dataset.episode import LONGEST_EPISODE_S, EpisodeSpan, split_into_episodes
from l3rocc_engine.dataset.episode_writer import EpisodeWriter
from l3rocc_engine.dataset.interndata import InternDataRules
from l3rocc_engine.dataset.layout import Profile
from l3rocc_engine.dataset.lerobot import LeRobotRules
from l3rocc_engine.dataset.manifest import write_manifest
from l3rocc_engine.dataset.metadata import write_metadata
from l3rocc_engine.dataset.plain_line import plain_line
from l3rocc_engine.dataset.provenance import read_provenance
from l3rocc_engine.dataset.video import dataset_fps, even_size
from l3rocc_engine.errors import ConfigError, OutputError
from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import atomic_folder

RULES: Mapping[Profile, ProfileRules] = {"interndata": InternDataRules(), "lerobot": LeRobotRules()}


def write_dataset(
    run: Run,
    out: Path,
    *,
    profile: str,
    frames: range | None = None,
    task: str = "",
    robot_type: str = "",
    overwrite: bool = False,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Path:
    """Write a run as a dataset folder; it appears under its name only when it is complete.

    Parameters
    ----------
    run
        What to write.
    out
        Becomes the dataset's folder itself.
    profile
        ``"interndata"`` or ``"lerobot"``.
    frames
        Write these frames of the run only, one after another; they are numbered from 0 in the dataset. None writes all.
    task
        What the robot was told to do, for policies that follow words; empty keeps what the source says.
    robot_type
        Name of the robot that the dataset states; empty takes the profile's usual one.
    overwrite
        Replace an existing dataset; other folders are never replaced.
    events, cancel
        Progress (stages ``video`` and ``dataset``) and the wish to stop.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    ConfigError
        If the run does not have the frames, or task or robot type are no single line.
    OutputError
        If ``out`` is in the way or cannot be written, or the run's parts do not fit together.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    if profile not in layout.PROFILES:
        raise OutputError(f"There is no dataset profile {profile!r}.", f"Choose one of {', '.join(layout.PROFILES)}.")
    check_destination(out, run.source.path, overwrite=overwrite)
    draft = make_draft(run, profile, frames).labelled(plain_line("task", task), plain_line("robot type", robot_type))
    is_empty = out.is_dir() and not any(out.iterdir())
    with atomic_folder(out, overwrite=overwrite or is_empty) as folder:
        _write_files(folder, draft, events, cancel)
        if cancel is not None:
            cancel.check()
    return out


def _write_files(folder: Path, draft: Draft, events: EventSink, cancel: CancelToken | None) -> None:
    rules = RULES[draft.profile]
    features = rules.features(draft)
    episodes = [EpisodeWriter(folder, draft, rules, span, events=events, cancel=cancel).write() for span in draft.spans]
    rules.write_extra(folder, draft)
    write_metadata(
        folder,
        features=features,
        episodes=episodes,
        tasks=rules.tasks(draft),
        fps=draft.fps,
        robot_type=draft.robot_type or rules.robot_type,
        extra=rules.info_extra(draft),
    )
    write_manifest(folder, draft, _notes(draft))


def make_draft(run: Run, profile: Profile, frames: range | None = None) -> Draft:
    """Take the decisions that all files of the dataset share; ``frames`` are those to write, None for all.

    Raises
    ------
    ConfigError
        If the run does not have the frames, or they do not follow one another.
    OutputError
        If source, trajectory and occupancy have different lengths.
    """
    lengths = {run.source.num_frames, run.trajectory.num_frames, run.occupancy.num_frames}
    if len(lengths) != 1:
        raise OutputError(
            f"The run cannot be written: its source has {run.source.num_frames} frames, its trajectory "
            f"{run.trajectory.num_frames}, its occupancy {run.occupancy.num_frames}."
        )
    fps = dataset_fps(run.source.fps)
    chosen = range(run.num_frames) if frames is None else frames
    run.require_frames(chosen)
    if chosen.step != 1:
        raise ConfigError(
            f"The run has the frames 0 to {run.num_frames - 1}; a dataset takes neighbours of them, "
            f"none in steps of {chosen.step}."
        )
    whole = (EpisodeSpan(episode_idx=0, start=chosen.start, stop=chosen.stop),)
    return Draft(
        run=run,
        profile=profile,
        fps=fps,
        video_size_px=even_size(run.source.size_px),
        spans=split_into_episodes(chosen, fps) if profile == "lerobot" else whole,
        provenance=read_provenance(run.source),
    )


def _notes(draft: Draft) -> list[str]:
    """What is not as one might expect."""
    notes = []
    source = draft.run.source
    first, last = draft.spans[0].start, draft.spans[-1].stop - 1
    if draft.num_frames < draft.run.num_frames:
        notes.append(f"Only frames {first} to {last} of the run's {draft.run.num_frames} are written.")
    if abs(source.fps - draft.fps) > 1e-3:
        notes.append(
            f"The source runs at {source.fps:.3f} frames a second, the dataset at {draft.fps}: frame i of the dataset "
            f"is frame i of the source; the source's own times are in {layout.POSES_FILE}."
        )
    if len(draft.spans) > 1:
        notes.append(f"The run is split into {len(draft.spans)} episodes so that none reaches {LONGEST_EPISODE_S} s.")
    elif draft.num_frames > LONGEST_EPISODE_S * draft.fps:
        notes.append(
            f"The trajectory reaches {LONGEST_EPISODE_S} s, beyond which LeRobot's loader may refuse its timestamps; "
            "the lerobot profile splits such a run into episodes."
        )
    return notes
