"""Which backend reconstructs a source, and why."""

from __future__ import annotations

from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.backends.dataset import DatasetBackend
from l3rocc_engine.backends.protocol import Backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.frames.source import FrameSource


def choose_backend(source: FrameSource, config: PipelineConfig) -> tuple[Backend, str]:
    """The backend for a source, and the reason in a sentence.

    A backend that is named in the settings is taken or refused, never replaced. ``auto`` takes the dataset's own
    poses where there are any, else the built-in backend.

    Raises
    ------
    ConfigError
        If the named backend is not available.
    InputError
        If the named backend cannot take this source.
    """
    if config.backend != "auto":
        return _named(source, config), f"The {config.backend} backend was asked for."
    dataset = DatasetBackend()
    if dataset.refusal(source, config) is None:
        return dataset, "The source brings its own camera poses and intrinsics."
    return BuiltinBackend(), "The source brings no camera poses, and no network weights are needed for this backend."


def _named(source: FrameSource, config: PipelineConfig) -> Backend:
    if config.backend == "pi3":
        raise ConfigError(
            "The π³ backend is not available in this version: its network weights cannot be installed yet.",
            "Use --backend auto or builtin; both need no weights.",
        )
    backend: Backend = DatasetBackend() if config.backend == "dataset" else BuiltinBackend()
    refusal = backend.refusal(source, config)
    if refusal is not None:
        raise InputError(refusal, "Use --backend builtin or auto.")
    return backend
