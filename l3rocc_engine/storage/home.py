"""Where the program keeps what it makes and fetches, unless told otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "L3ROCC_HOME"


def home_folder() -> Path:
    """The folder named by ``L3ROCC_HOME``, else the user's data folder of this system; it need not exist."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser() if home else user_folder()


def user_folder() -> Path:
    """The user's data folder of this system, whatever ``L3ROCC_HOME`` says."""
    return platformdirs.user_data_path("l3rocc-studio", appauthor=False)
