"""Dense depth for posed keyframes: plane sweep, semi-global matching, multi-view consistency, plane fill."""

from l3rocc_engine.backends.dense.densify import DenseResult, densify
from l3rocc_engine.backends.dense.settings import DenseSettings
from l3rocc_engine.backends.dense.warmup import warm

__all__ = ["DenseResult", "DenseSettings", "densify", "warm"]
