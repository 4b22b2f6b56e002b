"""The output folder on a network share that goes away for a while: waited for, rather than blamed on each unit."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from pathlib import Path

from l3rocc_engine.batch.unit import STATE_FOLDER
from l3rocc_engine.errors import OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import fsync_path, writing

PATIENCE_S = 600.0
"""How long a batch waits for its output folder."""
_LOOK_S = 2.0
_BRING_BACK = "Bring the disk or the share back, then run the same command again."
_IDLE_S = 0.2


class Share:
    """Looks whether the output folder can be written.

    Parameters
    ----------
    out
        With the folder of the batch's working files in it. Where that is another one or none, the share is gone: the
        empty folder that it was mounted on must not be written to.

    Raises
    ------
    OutputError
        If that folder is not there.
    """

    def __init__(self, out: Path) -> None:
        self._out, self._state = out, out / STATE_FOLDER
        with writing(self._state):
            self._inode = self._state.stat().st_ino

    def require(self) -> None:
        """Make sure that what is written now lands on the share.

        Raises
        ------
        OutputError
            If it is gone.
        """
        try:
            is_same = self._state.stat().st_ino == self._inode
        except OSError as error:
            raise OutputError(f"{self._out} cannot be read: {error.strerror or error}.", _BRING_BACK) from error
        if not is_same:
            raise OutputError(f"{self._out} is another folder now.", _BRING_BACK)

    def problem(self) -> str:
        """Why nothing can be written now; empty if all is well."""
        probe = self._state / f".probe-{uuid.uuid4().hex[:8]}"
        try:
            self.require()
            probe.write_bytes(b"x")
            fsync_path(probe)
        except OutputError as error:
            return error.message
        except OSError as error:
            return f"{self._out} cannot be written: {error.strerror or error}."
        finally:
            with suppress(OSError):
                probe.unlink()
        return ""

    def wait(self, problem: str, cancel: CancelToken) -> None:
        """Return when it can be written again.

        Raises
        ------
        OutputError
            If it cannot for too long.
        Cancelled
            If asked to stop.
        """
        until_s = time.monotonic() + PATIENCE_S
        next_look_s = 0.0
        while problem:
            cancel.check()
            if time.monotonic() > until_s:
                raise OutputError(f"{self._out} was away for {PATIENCE_S / 60:.0f} minutes. {problem}", _BRING_BACK)
            time.sleep(_IDLE_S)
            if time.monotonic() >= next_look_s:
                problem, next_look_s = self.problem(), time.monotonic() + _LOOK_S
