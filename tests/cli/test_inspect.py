from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.dataset import write_dataset
from l3rocc_studio.cli.main import main
from tests.synthetic.run_factory import make_run

OCC = "videos/chunk-000/observation.occ.view/occ_sequence.npz"
CAMERA = {"position": [0, -1, -4], "focal_point": [0, 0, 1], "view_up": [0, -1, 0], "view_angle": 40}


@pytest.fixture(scope="module")
def occ(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    return write_dataset(make_run(place), place / "dataset", profile="interndata") / OCC


def test_numbers_for_people_and_for_machines(occ: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(occ), "--frame", "3", "--stats"]) == 0
    text = capsys.readouterr().out
    assert "frame 3" in text
    assert "32  24  32" in text
    assert main(["inspect", str(occ), "--frame", "3", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["type"] == "result"
    assert facts["grid"] == [32, 24, 32]
    assert f"{facts['points']:,}" in text


def test_a_picture_without_a_display(
    occ: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.png"
    options = ["--size", "160", "120", "--color", "height"]
    assert main(["inspect", str(occ), "--png", str(out), *options]) == 0
    with Image.open(out) as picture:
        first = np.asarray(picture)
    assert first.shape == (120, 160, 3)
    assert (first < 200).any(axis=2).mean() > 0.02
    assert main(["inspect", str(occ), "--png", str(out), *options]) == 1
    assert "already exists" in capsys.readouterr().err
    saved = tmp_path / "camera.json"
    saved.write_text(json.dumps(CAMERA))
    pictures = []
    for camera in (json.dumps(CAMERA), str(saved)):
        assert main(["inspect", str(occ), "--png", str(out), *options, "--overwrite", "--camera", camera]) == 0
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture))
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert (pictures[0] != first).any()


def test_a_picture_of_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "points.npy", np.full((5, 3), np.nan))
    out = tmp_path / "a.png"
    assert main(["inspect", str(tmp_path / "points.npy"), "--png", str(out), "--size", "40", "30"]) == 0
    assert "points.npy holds no points; the picture is empty." in capsys.readouterr().err
    assert out.is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--frame", "99", "--stats"], "has no frame 99"),
        (["--png", "a.jpg"], "ends in .png"),
        (["--png", "a.png", "--size", "3", "3"], "--size must be"),
        (["--png", "a.png", "--color", "count"], "cannot be coloured by count"),
        (["--png", "a.png", "--camera", "{"], "is not JSON"),
        (["--png", "a.png", "--camera", "{}"], "not a view"),
        (["--png", "a.png", "--camera", "missing.json"], "missing.json cannot be read"),
        (["--grid", "1", "2", "3", "--stats"], "not 1 x 2 x 3"),
        (["--grid", str(10**20), "2", "3", "--stats"], "voxels cannot be"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    occ: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", str(occ), *options]) in (1, 2)
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_the_way_out_is_named(
    occ: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("l3rocc_studio.cli.inspect.has_display", lambda: False)
    assert main(["inspect", str(occ)]) == 2
    assert "--png FILE" in capsys.readouterr().err
