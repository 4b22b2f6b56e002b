"""Folders that are made, and those that must not be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.atomic import atomic_folder, write_json
from l3rocc_engine.storage.folders import anchored, make_folders

ENGINE = Path(__file__).parents[3] / "l3rocc_engine"


def test_all_that_are_missing_are_made(tmp_path: Path) -> None:
    make_folders(tmp_path / "a" / "b" / "c")
    make_folders(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        make_folders(tmp_path / "file")
    with pytest.raises(NotADirectoryError):
        make_folders(tmp_path / "file" / "below")


def test_nothing_is_made_where_an_anchor_was(tmp_path: Path) -> None:
    anchor = tmp_path / "share" / "unit"
    anchor.mkdir(parents=True)
    with anchored(anchor):
        make_folders(anchor / "work" / "stage")
        anchor.rename(tmp_path / "away")
        for folder in (anchor, anchor / "work", anchor / "work" / "stage"):
            with pytest.raises(FileNotFoundError, match="unit"):
                make_folders(folder)
        with pytest.raises(OutputError, match="cannot be written"):
            write_json(anchor / "work" / "note.json", {})
        make_folders(tmp_path / "share" / "another")
        assert not anchor.exists()
    make_folders(anchor)
    assert anchor.is_dir()


def test_a_folder_that_vanishes_while_it_is_filled_is_not_begun_again(tmp_path: Path) -> None:
    out = tmp_path / "share" / "out"
    with pytest.raises(OutputError), atomic_folder(out) as folder:
        out.parent.rename(tmp_path / "away")
        write_json(folder / "meta" / "info.json", {})
    assert not out.parent.exists()


def test_the_engine_makes_folders_in_one_way() -> None:
    """Else a share that went away is written to in its absence."""
    making = re.compile(r"mkdir\(.*parents=True|makedirs\(")
    found = [path.name for path in sorted(ENGINE.rglob("*.py")) if making.search(path.read_text(encoding="utf-8"))]
    assert found == []
