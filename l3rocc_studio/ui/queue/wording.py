"""What is said about entries of the queue."""

from __future__ import annotations

from l3rocc_engine.progress import stage_label
from l3rocc_studio.model.queue_item import ItemState, QueueItem
from l3rocc_studio.model.stage_track import StageTrack
from l3rocc_studio.ui.summary import about_text, duration_text

STATE_TEXTS = {
    ItemState.WAITING: "Waiting",
    ItemState.RUNNING: "Being processed",
    ItemState.DONE: "Done",
    ItemState.FAILED: "Failed",
    ItemState.STOPPED: "Stopped; finished stages are kept",
    ItemState.INTERRUPTED: "Interrupted; can go on",
}


def state_text(item: QueueItem) -> str:
    """Where an entry stands, in a line."""
    if item.state is ItemState.DONE and item.result is not None:
        return f"{duration_text(item.result.seconds)} · {item.result.num_points:,} points"
    if item.state is ItemState.FAILED and item.error:
        return item.error
    return STATE_TEXTS[item.state]


def running_text(track: StageTrack, *, is_stopping: bool) -> str:
    """How far the running entry is, in a line."""
    running = track.running
    if is_stopping:
        return "Stopping…"
    if running is None:
        return "Starting…"
    parts = [stage_label(running.name)]
    left_s = track.left_s
    if left_s is not None:
        parts.append(f"{about_text(left_s)} left")
    elif running.fraction is not None:
        parts.append(f"{running.fraction:.0%}")
    return " · ".join(parts)


def settings_text(config: dict[str, object]) -> str:
    """The settings that people look for first."""
    return f"{config.get('backend')} · interval {config.get('interval')} · voxels {config.get('voxel_size')}"
