"""Resolve the newest versions that ``pyproject.toml`` allows and write ``requirements.lock``.

Run it with the Python that the lock is for: ``python3 scripts/lock.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """# Made by scripts/lock.py; installed by scripts/bootstrap.py. On Linux torch is the CPU build, so that
# nothing here pulls CUDA in; users with CUDA install the package itself and keep the torch they have.
"""


def main() -> None:
    """Ask pip for one consistent set and write it down."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--report"]
        subprocess.run([*command, str(report), ".[dev]"], cwd=ROOT, check=True)
        items = json.loads(report.read_text())["install"]
    pins = {item["metadata"]["name"]: item["metadata"]["version"] for item in items}
    del pins["l3rocc-studio"]
    torch = pins.pop("torch").split("+")[0]
    lines = [f"{name}=={version}" for name, version in sorted(pins.items(), key=lambda pin: pin[0].lower())]
    lines += [f"torch=={torch}+cpu; sys_platform == 'linux'", f"torch=={torch}; sys_platform != 'linux'"]
    (ROOT / "requirements.lock").write_text(HEADER + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
