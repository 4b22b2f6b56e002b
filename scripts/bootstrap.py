"""Make ``.venv`` and install everything the project needs; does nothing when that is done already.

Runs on the system's Python with its standard library alone: ``python3 scripts/bootstrap.py``.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".l3rocc-ready"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LEAST_PYTHON = (3, 11)
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

SYSTEM_PACKAGES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libOSMesa.so.8": "libosmesa6",
}
SYSTEM_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth"}
FONTS = ("fonts-dejavu-core",)


def missing_system_packages() -> list[str]:
    """Debian packages whose library or program is not on this machine; empty off Linux."""
    if sys.platform != "linux":
        return []
    missing = [package for library, package in SYSTEM_PACKAGES.items() if not can_load(library)]
    missing += [package for program, package in SYSTEM_PROGRAMS.items() if shutil.which(program) is None]
    if not any(Path("/usr/share/fonts").rglob("*.ttf")):
        missing += FONTS
    return missing


def can_load(library: str) -> bool:
    """Whether the dynamic loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages() -> None:
    """Install what is missing where apt-get and root are there, else print the exact line to run."""
    missing = missing_system_packages()
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        say(f"Some system libraries are missing. On Debian or Ubuntu run:\n\n    sudo {line}\n")
        return
    say(f"Installing system libraries: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -qq", f"{line} -qq"):
        if subprocess.run(command.split(), env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            say(f"'{command}' failed. Windows and 3D panels may not work until this has run:\n\n    {line}\n")
            return


def install_torch() -> None:
    """Install the CPU build of the locked torch before the rest, so that nothing pulls CUDA in by itself."""
    if sys.platform != "linux":
        return  # elsewhere the index's own build is the CPU build
    version = next(line.split(";")[0].strip() for line in LOCK.read_text().splitlines() if line.startswith("torch=="))
    if pip("install", "--no-deps", version, check=False):
        pip("install", "--no-deps", version, "--index-url", TORCH_CPU_INDEX)


def pip(*arguments: str, check: bool = True) -> int:
    """Run pip of the environment; stop with its exit code if it must not fail."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False, stderr=None if check else subprocess.DEVNULL).returncode
    if code and check:
        say(f"Could not install: {' '.join(command)}")
        raise SystemExit(code)
    return code


def say(text: str) -> None:
    """Tell the user, at once."""
    print(text, file=sys.stderr, flush=True)


def state() -> str:
    """What the environment must match: the lock, the project file and this Python."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in (LOCK, ROOT / "pyproject.toml", ROOT / "setup.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Bring the machine and the environment to where the project needs them."""
    if sys.version_info < LEAST_PYTHON:
        raise SystemExit(
            f"Python {'.'.join(map(str, LEAST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}."
        )
    install_system_packages()
    if STAMP.exists() and STAMP.read_text() == state():
        return
    say("Making .venv and installing the project (about a minute, 1.5 GB)…")
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    install_torch()
    pip("install", "-r", str(LOCK))
    pip("install", "--no-deps", "-e", ".")
    STAMP.write_text(state())


if __name__ == "__main__":
    main()
