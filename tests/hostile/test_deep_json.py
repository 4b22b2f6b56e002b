"""JSON nested so deeply that the parser gives up is damage like any other."""

from __future__ import annotations

import struct
from pathlib import Path

from l3rocc_engine.backends.pi3.weights import file_problem
from l3rocc_engine.dataset.provenance import plain_instruction
from l3rocc_engine.inspection.surroundings import Surroundings, look_around
from l3rocc_studio.cli.main import main

DEEP = 100_000 * "["


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
