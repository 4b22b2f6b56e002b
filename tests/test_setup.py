"""What the wheel holds is what the tree holds."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

setuptools = pytest.importorskip("setuptools")
ROOT = Path(__file__).parents[1]


def test_every_module_and_resource_is_in_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, Any] = {}
    monkeypatch.setattr(setuptools, "setup", said.update)
    monkeypatch.chdir(ROOT)
    runpy.run_path("setup.py")
    packages, resources = set(said["packages"]), ROOT / said["package_dir"]["l3rocc_resources"]
    for top in (ROOT / "l3rocc_engine", ROOT / "l3rocc_studio", ROOT / said["package_dir"]["pi3"]):
        for path in top.rglob("*.py"):
            assert ".".join(path.parent.relative_to(top.parent).parts) in packages, path
    named = {path for pattern in said["package_data"]["l3rocc_resources"] for path in resources.glob(pattern)}
    for path in resources.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            inner = path.parent.relative_to(resources).parts
            assert ".".join(("l3rocc_resources", *inner)) in packages, path
            assert path in named or path.suffix == ".py", path
