"""The visual format: one file a frame for rendering and for looking at single moments in other programs."""

from __future__ import annotations

from l3rocc_engine.visual.layout import Background, VisualOutput
from l3rocc_engine.visual.writer import forecast_visual, write_visual

__all__ = ["Background", "VisualOutput", "forecast_visual", "write_visual"]
