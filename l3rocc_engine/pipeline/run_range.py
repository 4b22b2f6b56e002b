"""Another egocentric box for a finished run that has no stages, such as one opened from its dataset folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from l3rocc_engine.cloud.fuse import surface_reach
from l3rocc_engine.occupancy.grid import Range
from l3rocc_engine.pipeline.run_scale import with_occupancy_anew
from l3rocc_engine.progress import CancelToken, EventSink, no_events
from l3rocc_engine.run import Run

FAR_NOTE = (
    "The range reaches farther than surfaces were filled when the cloud was made, so rays may pass between its far "
    "points; process the source again for a denser cloud."
)


def run_in_range(
    run: Run,
    pc_range: Range,
    *,
    save_to: Path | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Run:
    """Cast the rays of a finished run anew in another box; cloud, poses and voxel size stay, and so does the given run.

    Parameters
    ----------
    run
        Any finished run.
    pc_range
        Least and greatest x, y, z in the camera's frame, in units of the run.
    save_to
        Folder for the new occupancy's files; in memory, compressed, if not given.
    events, cancel
        Progress (stages ``occupancy`` and ``world``) and the wish to stop.

    Raises
    ------
    ConfigError
        The box is empty or not a whole number of voxels.
    Cancelled
        If asked to stop.
    OutputError
        The files cannot be written.
    """
    config = run.config.with_changes({"pc_range": list(pc_range)})
    notes = tuple(note for note in run.record.notes if note != FAR_NOTE)
    if surface_reach(config.grid) > surface_reach(run.config.grid):
        notes = (*notes, FAR_NOTE)
    moved = replace(run, config=config, record=replace(run.record, notes=notes))
    return with_occupancy_anew(moved, save_to, events, cancel or CancelToken())
