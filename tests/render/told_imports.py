"""Loads a run for a child process that is to tell in the end what it imported; imports nothing itself."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from l3rocc_studio.services.job_service import load_run

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.model.run_location import RunLocation


def load_and_tell(location: RunLocation) -> Run:
    run = load_run(location)
    close = run.source.close

    def tell() -> None:
        (location.path.parent / "imported.json").write_text(json.dumps(sorted(sys.modules)))
        close()

    if "pytest" not in sys.modules:
        run.source.close = tell
    return run
