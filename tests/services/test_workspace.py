from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_studio.services.workspace import Workspace, default_workspace


def test_the_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("L3ROCC_HOME", str(tmp_path / "here"))
    workspace = default_workspace()
    assert workspace.settings_file == tmp_path / "here" / "studio.ini"
    assert not workspace.root.exists()


def test_a_source_has_one_folder_with_a_harmless_name(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path)
    folder = workspace.run_folder("my clip/../№1", "0123456789abcdef")
    assert folder.parent == tmp_path / "runs"
    assert folder.is_dir()
    assert folder == workspace.run_folder("my clip/../№1", "0123456789abcdef")
    assert folder != workspace.run_folder("my clip/../№1", "fedcba9876543210")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match=r"runs.*L3ROCC_HOME"):
        Workspace(root=tmp_path).run_folder("clip", "0123456789")
