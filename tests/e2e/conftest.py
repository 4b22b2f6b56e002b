from __future__ import annotations

from tests.ui.conftest import no_thread_survives, qapp_args, theme

__all__ = ["no_thread_survives", "qapp_args", "theme"]
