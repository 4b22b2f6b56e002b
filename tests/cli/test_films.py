from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import av
import pytest

from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.errors import L3roccError
from l3rocc_studio.cli.film_options import add_film_options, film_format, film_spec
from l3rocc_studio.cli.main import main
from l3rocc_studio.model.film_camera import CameraKind
from l3rocc_studio.model.film_spec import Backdrop, FilmFormat, FilmPanel
from l3rocc_studio.model.saved_view import SavedView, ViewPanel, views_to_text
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe, WorldPreset
from tests.synthetic.run_factory import make_run

VIEW = CameraPose(position=(0.0, 0.0, 9.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    write_dataset(make_run(folder / "run", num_frames=5), folder / "dataset", profile="interndata")
    return folder / "dataset"


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_film_options(parser)
    return parser.parse_args(words)


def test_options_become_a_film() -> None:
    words = "--panels occupancy,rgb --gap 0 --no-labels --backdrop black --camera director --frames 2:9:3 --size 4k"
    spec = film_spec(parsed(*words.split(), "--watermark"), FilmFormat.MP4)
    assert spec.layout.panels == (FilmPanel.OCCUPANCY, FilmPanel.RGB)
    assert (spec.layout.gap_px, spec.layout.has_labels, spec.layout.backdrop) == (0, False, Backdrop.BLACK)
    assert spec.camera.kind is CameraKind.DIRECTOR
    assert (spec.output.first_frame, spec.output.last_frame, spec.output.every) == (2, 9, 3)
    assert spec.output.fit_px == (3840, 2160)
    assert spec.marks.has_watermark


def test_views_and_keyframes_come_from_files(tmp_path) -> None:
    views = [SavedView(name="a", pose=VIEW), SavedView(name="b", pose=VIEW, panel=ViewPanel.OCCUPANCY)]
    (tmp_path / "view.json").write_text(views_to_text(views), encoding="utf-8")
    camera = film_spec(parsed("--view", str(tmp_path / "view.json")), FilmFormat.MP4).camera
    assert (camera.kind, camera.view, camera.occupancy_view) == (CameraKind.SAVED, VIEW, VIEW)
    keyframe = ViewKeyframe(frame_idx=3, view=WorldPreset.ORBIT)
    (tmp_path / "cameras.json").write_text('[{"frame": 3, "preset": "orbit"}]', encoding="utf-8")
    camera = film_spec(parsed("--cameras", str(tmp_path / "cameras.json")), FilmFormat.MP4).camera
    assert camera.keyframes == (keyframe,)


@pytest.mark.parametrize(
    "words",
    [
        ["--panels", "rgb,sound"],
        ["--panels", "rgb,rgb"],
        ["--size", "large"],
        ["--pad"],
        ["--height", "3"],
        ["--frames", "5:2"],
        ["--view", "nowhere.json"],
        ["--cameras", "nowhere.json"],
        ["--backdrop", "transparent"],
    ],
)
def test_nonsense_is_refused_in_a_sentence(words) -> None:
    with pytest.raises(L3roccError):
        film_spec(parsed(*words), FilmFormat.MP4)


@pytest.mark.parametrize(
    ("name", "option", "kind"),
    [
        ("a.mp4", None, FilmFormat.MP4),
        ("a.WEBM", None, FilmFormat.WEBM),
        ("a", None, FilmFormat.PNG),
        ("a.gif", "gif", FilmFormat.GIF),
        ("a", "mp4", FilmFormat.MP4),
    ],
)
def test_the_format_is_what_the_name_says(name, option, kind) -> None:
    assert film_format(parsed(*(["--format", option] if option else [])), Path(name)) is kind


def test_visual_with_nothing_to_make_says_so(room, tmp_path, capsys) -> None:
    assert main(["visual", str(room), "--out", str(tmp_path / "out"), "--no-film"]) == 2
    assert "--no-film leaves nothing to make" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_render_makes_the_film_and_a_still(room, tmp_path, capsys) -> None:
    out, still = tmp_path / "film.webm", tmp_path / "still.png"
    words = [
        "render",
        str(room),
        "--out",
        str(out),
        "--height",
        "96",
        "--workers",
        "1",
        "--still",
        str(still),
        "--json",
    ]
    assert main(words) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert sum(1 for _ in container.decode(stream)) == result["frames"] == 5
        assert (stream.width, stream.height) == (result["width"], result["height"])
    assert still.exists()
    assert main(words) == 1  # already exists


STARTED = """
import json, sys
from l3rocc_studio.render.film_children import FilmChildren

def start(self):
    print(json.dumps(sorted(sys.modules)))
    raise SystemExit(0)

FilmChildren.start = start
from l3rocc_studio.cli.main import main
main(sys.argv[1:])
"""


def test_what_draws_is_started_before_anything_slow_is_imported(room, tmp_path) -> None:
    words = ["render", str(room), "--out", str(tmp_path / "film.mp4")]
    done = subprocess.run([sys.executable, "-c", STARTED, *words], capture_output=True, text=True, check=True)
    imported = json.loads(done.stdout)
    assert "l3rocc_studio.cli.render" in imported
    slow = {"numba", "vtkmodules", "av", "cv2", "PIL", "pyarrow", "scipy", "yaml"}
    assert not slow & {name.partition(".")[0] for name in imported}
    assert not {"l3rocc_engine.run", "l3rocc_engine.visual"} & set(imported)


def test_a_folder_with_other_things_is_never_replaced_by_pictures(room, tmp_path, capsys) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "thesis.txt").write_text("years of work")
    words = ["render", str(room), "--out", str(tmp_path / "frames"), "--height", "96", "--overwrite"]
    assert main(words) == 1
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / "frames" / "thesis.txt").exists()


def test_visual_takes_a_finished_run_and_makes_film_and_files(room, tmp_path, capsys) -> None:
    words = ["visual", str(room), "--out", str(tmp_path / "demo"), "--files", "--folders", "occ_only_cam_npy", "--json"]
    assert main([*words, "--height", "96", "--workers", "1"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["film"]["frames"] == 5
    assert (tmp_path / "demo" / "film.mp4").exists()
    assert any((tmp_path / "demo" / "visual").iterdir())
    assert not (tmp_path / "demo" / "dataset").exists()


@pytest.fixture(scope="module")
def rooms(tmp_path_factory) -> Path:
    """A dataset of two episodes, of 3 and of 4 frames."""
    folder = tmp_path_factory.mktemp("rooms")
    for number, num_frames in enumerate((3, 4)):
        run = make_run(folder / f"run-{number}", num_frames=num_frames)
        write_dataset(run, folder / f"part-{number}", profile="lerobot")
    assert main(["merge", str(folder / "part-0"), str(folder / "part-1"), "--out", str(folder / "both")]) == 0
    return folder / "both"


@pytest.mark.parametrize(("words", "num_frames"), [([], 3), (["--episode", "1"], 4)])
def test_of_several_episodes_the_one_asked_for_is_rendered(rooms, tmp_path, capsys, words, num_frames) -> None:
    options = ["--height", "96", "--workers", "1", "--still", str(tmp_path / "still.png"), "--json"]
    assert main(["render", str(rooms), "--out", str(tmp_path / "film.mp4"), *options, *words]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out.splitlines()[-1])["frames"] == num_frames
    assert ("has 2 episodes, 0 to 1; this is episode 0" in said.out + said.err) is not bool(words)


def test_an_episode_that_is_not_there_is_refused(rooms, tmp_path, capsys) -> None:
    words = ["--episode", "2", "--out", str(tmp_path / "demo")]
    assert main(["visual", str(rooms), *words]) == main(["info", str(rooms), "--episode", "2"]) == 2
    assert "has no episode 2; it has 2" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.*"))


def test_a_name_that_no_film_has_is_told_with_those_that_films_have(rooms, tmp_path, capsys) -> None:
    assert main(["render", str(rooms), "--out", str(tmp_path / "f.avi")]) == 2
    said = capsys.readouterr().err
    assert "f.avi is not the name of a film" in said and ".mp4, .webm, .gif" in said


def test_an_input_that_cannot_be_opened_leaves_no_empty_folder(tmp_path, capsys) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    assert main(["visual", str(broken), "--out", str(tmp_path / "made")]) == 2
    (tmp_path / "there").mkdir()
    assert main(["visual", str(broken), "--out", str(tmp_path / "there")]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.mp4", "there"], "only what was there stays"
