"""What is said about entries of the queue."""

from __future__ import annotations

from pathlib import Path

from l3rocc_studio.model.counts import points_text
from l3rocc_studio.model.queue_item import ItemState, QueueItem
from l3rocc_studio.model.setting_words import BACKEND_WORDS
from l3rocc_studio.model.stage_track import StageTrack
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.ui.summary import between_text, duration_text

STATE_TEXTS = {
    ItemState.WAITING: N_("Waiting"),
    ItemState.RUNNING: N_("Processing"),
    ItemState.DONE: N_("Done"),
    ItemState.FAILED: N_("Failed"),
    ItemState.STOPPED: N_("Stopped; finished stages are kept"),
    ItemState.INTERRUPTED: N_("Interrupted; can resume"),
}


def state_text(item: QueueItem) -> str:
    """Where an entry stands, in a line."""
    if item.state is ItemState.DONE and item.result is not None:
        return tr("{time} · {points}").format(
            time=duration_text(item.result.seconds), points=points_text(item.result.num_points)
        )
    if item.state is ItemState.FAILED and item.error:
        return _reason_first(retell(item.error), item.path)
    return tr(STATE_TEXTS[item.state])


def _reason_first(text: str, path: Path) -> str:
    """A failure without the input's path at its beginning: its name stands above, and the reason would be cut off."""
    for place in (str(path), path.name):
        rest = text.removeprefix(place).lstrip(" :，：")
        if text.startswith(place) and rest:
            return rest[0].upper() + rest[1:]
    return text


def running_text(track: StageTrack, *, is_stopping: bool) -> str:
    """How far the running entry is, in a line."""
    running = track.running
    if is_stopping:
        return tr("Stopping…")
    if running is None:
        return tr("Starting…")
    parts = [stage_text(running.name)]
    left_range_s = track.left_range_s
    if left_range_s is not None:
        parts.append(tr("{time} left").format(time=between_text(*left_range_s)))
    elif running.fraction is not None:
        parts.append(f"{running.fraction:.0%}")
    return " · ".join(parts)


def settings_text(config: dict[str, object]) -> str:
    """The settings that people look for first."""
    engine = str(config.get("backend"))
    return tr("{engine} · interval {interval} · voxels {size}").format(
        engine=tr(BACKEND_WORDS.get(engine, engine)), interval=config.get("interval"), size=config.get("voxel_size")
    )
