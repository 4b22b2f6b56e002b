"""JSON nested so deeply that the parser gives up is damage like any other."""

from __future__ import annotations

import os
import struct
import threading
from pathlib import Path

import pytest

from l3rocc_engine.backends.pi3.weights import file_problem, noted_sha256
from l3rocc_engine.batch import lease as leases
from l3rocc_engine.batch.lease import holder_of, is_held_by, lease
from l3rocc_engine.config import load_config
from l3rocc_engine.dataset.provenance import plain_instruction
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.inspection.surroundings import Surroundings, look_around
from l3rocc_engine.storage.process_note import is_running
from l3rocc_studio.cli.destination import work_folder, work_folder_of
from l3rocc_studio.cli.main import main
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.services.cost_history import past_runs
from l3rocc_studio.services.preset_store import load_presets
from l3rocc_studio.services.queue_store import QueueStore

DEEP = 100_000 * "["
ENDLESS_RUN = (
    '{"record": {"stage_s": {}, "keyframes": [], "backend": "builtin"}, "config": {}, '
    '"source": {"size_px": [Infinity, 1], "num_frames": 1}}'
)


def test_a_weights_file_with_such_a_header_is_named_damaged(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(DEEP)) + DEEP.encode())
    assert file_problem(path) == f"{path} is not a safetensors file: its header is damaged."


def test_an_instruction_of_such_text_stays_as_it_is() -> None:
    assert plain_instruction(DEEP) == DEEP


def test_such_a_run_file_beside_a_cloud_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(DEEP)
    found = look_around(tmp_path / "cloud.ply")
    assert isinstance(found, Surroundings) and found.grid is None


def test_such_settings_end_in_a_sentence(tmp_path: Path, capsys) -> None:
    path = tmp_path / "settings.json"
    path.write_text(DEEP)
    assert main(["process", "clip.mp4", "--out", str(tmp_path / "out"), "--config", str(path)]) == 2
    assert "nested too deeply" in capsys.readouterr().err


def test_the_programs_own_files_of_such_text_count_as_none(tmp_path: Path) -> None:
    """A window must open, and a command begin, whatever lies where their own files are."""
    for name in ("presets.json", "weights.json", "queue.json", "runs/a/run.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(DEEP)
    assert load_presets(tmp_path / "presets.json", SETTING_PRESETS).own == ()
    assert noted_sha256(tmp_path / "model.safetensors") is None
    assert not QueueStore(tmp_path).load().items
    assert (tmp_path / "queue.unreadable.json").exists(), "set aside, not lost"
    (tmp_path / "runs" / "b").mkdir()
    (tmp_path / "runs" / "b" / "run.json").write_text(ENDLESS_RUN)
    assert past_runs(tmp_path / "runs") == []


def test_a_work_folder_with_such_a_note_is_nobodys(tmp_path: Path) -> None:
    work = work_folder(tmp_path / "out")
    work.mkdir()
    (work / "owner.json").write_text(DEEP)
    with work_folder_of(tmp_path / "out") as taken:
        assert taken == work


def test_a_claim_of_such_text_is_nobodys_and_ends_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.01)
    path = tmp_path / "lease.json"
    path.write_text(DEEP)
    assert "another machine" in holder_of(path)
    with lease(path) as fresh:
        assert not fresh.is_held, "it may be a claim that is being written"
    os.utime(path, (0.0, 0.0))
    with lease(path) as claim:
        assert claim.is_held and is_held_by(path, claim.token)
        ours = path.read_text()
        path.write_text(DEEP)
        threading.Event().wait(0.1)
        path.write_text(ours)
        os.utime(path, (0.0, 0.0))
        for _ in range(500):
            if path.stat().st_mtime > 1.0:
                break
            threading.Event().wait(0.01)
        assert path.stat().st_mtime > 1.0, "it is still renewed"


def test_a_process_of_a_number_that_no_machine_has_does_not_run() -> None:
    for number in (10**400, -1, "one", None, 1.5):
        assert not is_running({"pid": number, "started_s": 1.0})
        assert not is_running({"pid": os.getpid(), "started_s": number})


def test_settings_whose_few_lines_stand_for_a_full_memory_are_a_short_sentence(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    laughs = ["&a0 [x, x, x, x, x, x, x, x, x, x]"]
    laughs += [f"&a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    for key in ("interval", "pc_range", "frame_range", "backend"):
        path.write_text(f"{key}: [{', '.join(laughs)}]\n")
        with pytest.raises(ConfigError, match=key) as refused:
            load_config(path)
        assert len(str(refused.value)) < 2000
