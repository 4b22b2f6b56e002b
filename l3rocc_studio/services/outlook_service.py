"""Looks ahead: which backend, which stages, how long, how much; call it off the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError, ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_studio.model.outlook import Outlook, Proposal
from l3rocc_studio.services import machine
from l3rocc_studio.services.workspace import Workspace

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


class OutlookService:
    """Forecasts for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def look(
        self, source: FrameSource, config: PipelineConfig, shown: Run | None = None, *, rays_alone: bool = False
    ) -> Outlook:
        """What a run of this source with these settings would do and cost; nothing is made or changed.

        Parameters
        ----------
        source, config
            What would be processed, and how.
        shown
            The result that is there, if any, to tell what has changed since.
        rays_alone
            Whether the result's own cloud and poses are gone on with, see :func:`.recasting.needs_rays_alone`.
        """
        from l3rocc_engine.backends.builtin.diagnosis import require_frames
        from l3rocc_engine.backends.registry import choose_backend
        from l3rocc_engine.occupancy.device import check_device
        from l3rocc_engine.pipeline.forecast import Room, fitting_plan, learn_costs, make_forecast
        from l3rocc_engine.pipeline.plan import changed_settings, plan_stages
        from l3rocc_engine.pipeline.workload import steps_of_stage, workload_of
        from l3rocc_studio.services.cost_history import past_runs

        try:
            check_device(config.device)
            backend, reason = choose_backend(source, config)
        except (ConfigError, InputError) as error:
            return Outlook(config=config, refusal=str(error))
        workload = workload_of(source, config, backend.name)
        try:
            if backend.name == "builtin":
                require_frames(source.name, workload.num_frames)
        except ReconstructionError as error:
            return Outlook(config=config, backend=backend.name, reason=reason, refusal=str(error), is_in_vain=True)
        folder = self._workspace.run_path(source.name, source.fingerprint)
        planned = plan_stages(source, backend.name, config, folder)
        kept = tuple(s.name for s in planned if (s.name != "occupancy" if rays_alone else s.is_finished))
        kept_steps = tuple(step for name in kept for step in steps_of_stage(name, workload))
        costs = learn_costs(past_runs(self._workspace.runs_dir))
        room = Room(
            memory_bytes=psutil.virtual_memory().available, disk_bytes=machine.free_disk_bytes(self._workspace.runs_dir)
        )
        forecast = make_forecast(workload, costs, kept_stages=kept_steps)
        fitting = fitting_plan(workload, config, room, costs) if room.lacks(forecast) else None
        return Outlook(
            config=config,
            backend=backend.name,
            reason=reason,
            kept=kept,
            redone=tuple(stage.name for stage in planned if stage.name not in kept),
            kept_steps=kept_steps,
            changed={}
            if shown is None
            else changed_settings(
                (shown.record.backend, shown.config), (shown.record.backend if rays_alone else backend.name, config)
            ),
            forecast=forecast,
            room=room,
            proposal=Proposal(config=fitting[0], forecast=fitting[1]) if fitting else None,
            slowdown=machine.slowdown(),
        )
