from __future__ import annotations

import os
from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage import space
from l3rocc_engine.storage.replacing import check_folder, check_new_file
from l3rocc_engine.storage.space import SizeForecast, free_bytes, readable_size, require_space


@pytest.mark.parametrize(
    ("num_bytes", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_951, "10 kB"), (999_600, "1.0 MB"),
     (13_400_000_000, "13 GB"), (5 * 10**15, "5000 TB")],
)  # fmt: skip
def test_sizes_are_readable(num_bytes: int, words: str) -> None:
    assert readable_size(num_bytes) == words


def test_a_forecast_says_whether_it_is_exact() -> None:
    assert str(SizeForecast(num_bytes=10**6, num_files=1, is_exact=True)) == "1.0 MB in 1 file"
    assert str(SizeForecast(num_bytes=10**6, num_files=1200)) == "about 1.0 MB in 1,200 files"


def test_free_space_is_that_of_the_folder_to_be(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "there" / "yet.ply") > 0


def test_a_drive_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space.os, "access", lambda _path, _mode: False)
    with pytest.raises(OutputError, match=r"runs cannot be written: No such file"):
        free_bytes(Path("runs"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look everywhere")
def test_free_space_below_what_may_not_be_looked_into(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    assert free_bytes(tmp_path / "closed" / "runs") > 0


def test_the_spare_room_is_kept_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "free_bytes", lambda _path: space.SPARE_BYTES + 1000)
    require_space(tmp_path / "a", SizeForecast(num_bytes=1000, num_files=1))
    with pytest.raises(OutputError, match=r"a would take about 1.0 kB in 1 file.*another disk"):
        require_space(tmp_path / "a", SizeForecast(num_bytes=1001, num_files=1))


def test_only_empty_folders_and_older_exports_give_way(tmp_path: Path) -> None:
    def check(out: Path, *, overwrite: bool) -> bool:
        return check_folder(out, mark="mark.json", kind="an export", overwrite=overwrite)

    assert check(tmp_path / "new", overwrite=False) is False
    out = tmp_path / "out"
    out.mkdir()
    assert check(out, overwrite=False) is True
    (out / "other").write_text("mine")
    for overwrite, words in ((False, "already exists"), (True, "is not an export and is not replaced")):
        with pytest.raises(OutputError, match=words):
            check(out, overwrite=overwrite)
    (out / "mark.json").write_text("{}")
    assert check(out, overwrite=True) is True
    with pytest.raises(OutputError, match="is a file"):
        check(out / "other", overwrite=True)


def test_files_are_replaced_only_when_asked_to(tmp_path: Path) -> None:
    (tmp_path / "a.ply").write_text("mine")
    check_new_file(tmp_path / "a.ply", overwrite=True)
    check_new_file(tmp_path / "b.ply", overwrite=False)
    with pytest.raises(OutputError, match="already exists"):
        check_new_file(tmp_path / "a.ply", overwrite=False)
    with pytest.raises(OutputError, match="is a folder"):
        check_new_file(tmp_path, overwrite=True)
