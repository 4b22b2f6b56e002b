from __future__ import annotations

import json
from pathlib import Path

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.services.cost_history import past_runs
from l3rocc_studio.services.outlook_service import OutlookService
from l3rocc_studio.services.workspace import Workspace
from tests.synthetic.run_factory import make_run


def write_run(folder: Path, **changes: object) -> None:
    folder.mkdir(parents=True)
    values = {
        "source": {"num_frames": 180, "size_px": [640, 480]},
        "config": PipelineConfig().to_dict(),
        "record": {
            "backend": "builtin",
            "stage_s": {"features": 30.0, "depth": 40.0},
            "keyframes": list(range(26)),
        },
        **changes,
    }
    (folder / "run.json").write_text(json.dumps(values), encoding="utf-8")


def test_a_source_is_looked_at_without_making_anything(tmp_path: Path) -> None:
    run = make_run(tmp_path / "room")
    workspace = Workspace(root=tmp_path / "home")
    outlook = OutlookService(workspace).look(run.source, PipelineConfig())
    assert outlook.backend == "builtin"
    assert "no camera poses" in outlook.reason
    assert outlook.forecast is not None and outlook.forecast.workload.num_frames == 12
    assert outlook.redone == ("reconstruction", "cloud", "occupancy")
    assert outlook.lacks == ()
    assert not (tmp_path / "home").exists()


def test_an_engine_that_is_not_there_is_refused_with_the_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path / "room")
    outlook = OutlookService(Workspace(root=tmp_path)).look(run.source, PipelineConfig(backend="pi3"))
    assert "weights" in outlook.refusal
    assert outlook.forecast is None


def test_a_clip_that_is_too_short_is_known_to_be_in_vain(tmp_path: Path) -> None:
    run = make_run(tmp_path / "room")
    service = OutlookService(Workspace(root=tmp_path))
    outlook = service.look(run.source, PipelineConfig(frame_range=(4, 4)))
    assert outlook.is_in_vain and outlook.forecast is None
    assert "has only 1 frame; at least 3" in outlook.refusal and "longer clip" in outlook.refusal
    assert not service.look(run.source, PipelineConfig(frame_range=(4, 6))).is_in_vain
    assert not service.look(run.source, PipelineConfig(backend="pi3")).is_in_vain, "weights may come"


def test_past_runs_are_read_and_others_left_out(tmp_path: Path) -> None:
    write_run(tmp_path / "a")
    write_run(tmp_path / "b", source={"num_frames": 10})
    write_run(tmp_path / "c", config={"unheard_of": 1})
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "run.json").write_text("{", encoding="utf-8")
    runs = past_runs(tmp_path)
    assert len(runs) == 1
    assert runs[0].workload.num_keyframes == 26
    assert past_runs(tmp_path / "gone") == []
