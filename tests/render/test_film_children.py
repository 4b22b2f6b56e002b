from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_spec import FilmOutput, FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render import film_children
from l3rocc_studio.render.film_children import _orders
from l3rocc_studio.render.movie import render_film
from tests.render.told_imports import load_and_tell
from tests.synthetic.run_factory import make_run

NUM_FRAMES = 2
SMALL = FilmSpec(output=FilmOutput(height_px=64))
PATIENCE_S = 30.0
CANCEL = CancelToken()


def is_child() -> bool:
    return multiprocessing.parent_process() is not None


def room(location: RunLocation) -> Run:
    return make_run(location.path / str(os.getpid()), num_frames=NUM_FRAMES)


def child_of(location: RunLocation) -> int:
    """Waits until a child has come as far as loading the run; its number."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for note in location.path.glob("child-*"):
            return int(note.name.removeprefix("child-"))
        time.sleep(0.01)
    raise TimeoutError("No child was started before the run was read here.")


def load_after_the_child(location: RunLocation) -> Run:
    if is_child():
        (location.path / f"child-{os.getpid()}").touch()
    else:
        child_of(location)
    return room(location)


def load_and_cancel(location: RunLocation) -> Run:
    if not is_child():
        child_of(location)
        CANCEL.set()
    return load_after_the_child(location)


def load_only_here(location: RunLocation) -> Run:
    if is_child():
        raise OutputError("The child cannot read it.", "Help it.")
    return room(location)


def load_for_ever_in_the_child(location: RunLocation) -> Run:
    run = load_after_the_child(location)
    if is_child():
        time.sleep(PATIENCE_S)
    return run


@pytest.fixture
def location(tmp_path: Path) -> RunLocation:
    (tmp_path / "rooms").mkdir()
    return RunLocation(path=tmp_path / "rooms", workdir=None, config={})


def test_a_child_starts_before_the_run_is_read_here(location, tmp_path):
    done = render_film(location, tmp_path / "film.mp4", SMALL, load_run=load_after_the_child, workers=1)
    assert done == NUM_FRAMES
    assert (tmp_path / "film.mp4").is_file()


def test_it_does_so_whatever_is_done_to_read_it_here(location, tmp_path):
    read = []

    def load_here() -> Run:
        read.append(child_of(location))
        return room(location)

    out = tmp_path / "film.mp4"
    assert (
        render_film(location, out, SMALL, load_run=load_after_the_child, load_here=load_here, workers=1) == NUM_FRAMES
    )
    assert len(read) == 1


def test_a_child_that_waits_ends_with_a_cancel(location, tmp_path):
    with pytest.raises(Cancelled):
        render_film(location, tmp_path / "film.mp4", SMALL, load_run=load_and_cancel, cancel=CANCEL)
    assert not psutil.pid_exists(child_of(location))
    assert [path.name for path in tmp_path.iterdir()] == ["rooms"]


def test_a_cancel_before_the_start_starts_nobody(location, tmp_path):
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        render_film(location, tmp_path / "film.mp4", SMALL, load_run=load_after_the_child, cancel=cancel)
    assert list(location.path.iterdir()) == []


def test_wishes_that_do_not_go_with_the_run_end_the_child(location, tmp_path):
    spec = FilmSpec(output=FilmOutput(height_px=64, last_frame=NUM_FRAMES))
    with pytest.raises(ConfigError, match="are not in the run"):
        render_film(location, tmp_path / "film.mp4", spec, load_run=load_for_ever_in_the_child)
    assert not psutil.pid_exists(child_of(location))
    assert [path.name for path in tmp_path.iterdir()] == ["rooms"]


def test_a_failure_before_a_child_knows_its_share_is_told(location, tmp_path):
    with pytest.raises(OutputError, match="The child cannot read it"):
        render_film(location, tmp_path / "film.mp4", SMALL, load_run=load_only_here, workers=2)
    assert [path.name for path in tmp_path.iterdir()] == ["rooms"]


def test_a_child_draws_without_what_only_a_compiler_needs(room_run, tmp_path):
    location = RunLocation(path=tmp_path / "dataset", workdir=None, config={})
    write_dataset(room_run, location.path, profile="interndata")
    for name in ("first.mp4", "second.mp4"):  # kernels that are not on disk yet are compiled once
        render_film(location, tmp_path / name, SMALL, load_run=load_and_tell, workers=1)
    imported = set(json.loads((tmp_path / "imported.json").read_text()))
    assert {"numba", "l3rocc_studio.render.run_painter"} <= imported
    assert not {"scipy.linalg", "numba.np.arraymath", "torch", "pandas", "PySide6"} & imported


RENDERED = """
import json, sys
from pathlib import Path
from l3rocc_studio.model.film_spec import FilmOutput, FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.movie import render_film
from l3rocc_studio.services.job_service import load_run
folder = Path(sys.argv[1])
location = RunLocation(path=folder / "dataset", workdir=None, config={})
render_film(location, folder / "film.mp4", FilmSpec(output=FilmOutput(height_px=64)), load_run=load_run, workers=1)
print(json.dumps(sorted(sys.modules)))
"""


def test_who_looks_after_the_children_imports_nothing_that_draws(room_run, tmp_path):
    write_dataset(room_run, tmp_path / "dataset", profile="interndata")
    done = subprocess.run([sys.executable, "-c", RENDERED, str(tmp_path)], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert (tmp_path / "film.mp4").is_file()
    assert not {"numba", "vtkmodules", "cv2", "scipy", "pyarrow"} & imported


def test_who_asks_for_a_film_imports_nothing_that_draws_or_encodes():
    program = "import json, sys; import l3rocc_studio.render.movie; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert "l3rocc_studio" in imported
    assert not {"numba", "vtkmodules", "av", "cv2", "PIL", "pyarrow", "scipy"} & imported


@pytest.mark.parametrize(
    ("num_cores", "free_bytes", "num_pictures", "wanted"),
    [
        (64, 200e9, 9000, 16),
        (6, 200e9, 9000, 6),
        (64, 6.5e9, 9000, 4),
        (64, 200e9, 60, 5),
        (1, 200e9, 9000, 1),
        (8, 1e8, 9000, 1),
        (8, 200e9, 3, 1),
    ],
)
def test_as_many_workers_as_there_are_cores_memory_and_pictures_for(
    monkeypatch, num_cores, free_bytes, num_pictures, wanted
):
    monkeypatch.setattr(film_children, "usable_cores", lambda: num_cores)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free_bytes))
    assert film_children.choose_workers(num_pictures) == wanted


@pytest.mark.parametrize("num_workers", [1, 2, 3, 5])
def test_workers_begin_with_neighbours_and_all_know_every_segment(num_workers):
    numbers = (2, 3, 4, 7, 8, 9, 11)
    orders = _orders(numbers, num_workers)
    assert [sorted(order) for order in orders] == [list(numbers)] * num_workers
    own = [order[: len(numbers) // num_workers] for order in orders]
    assert len({number for part in own for number in part}) == sum(map(len, own))
    for part in own:
        first = numbers.index(part[0])
        assert part == numbers[first : first + len(part)]
    if num_workers == 2:
        # Who is done first helps from the far end on.
        assert orders == [(2, 3, 4, 11, 9, 8, 7), (7, 8, 9, 11, 4, 3, 2)]
