"""Which backend reconstructs a source, and why."""

from __future__ import annotations

from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.backends.dataset import DatasetBackend
from l3rocc_engine.backends.pi3.backend import AUTO_SECONDS, HOW_TO_GET_WEIGHTS, NO_WEIGHTS, Pi3Backend
from l3rocc_engine.backends.protocol import Backend
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.frames.source import FrameSource


def choose_backend(source: FrameSource, config: PipelineConfig) -> tuple[Backend, str]:
    """The backend for a source, and the reason in a sentence.

    A backend that is named in the settings is taken or refused, never replaced. ``auto`` takes the dataset's own
    poses where there are any, else the π³ network if its weights are there and it fits the machine's memory and
    time, else the built-in backend. Memory that other programs hold at the moment makes the network's passes shorter;
    only if not even the shortest fit does the built-in backend take its place.

    Raises
    ------
    ConfigError
        If the named backend is not available.
    InputError
        If the named backend cannot take this source.
    """
    if config.backend != "auto":
        return _named(source, config), f"The {config.backend} backend was requested."
    dataset = DatasetBackend()
    if dataset.refusal(source, config) is None:
        return dataset, "The source has its own camera poses and intrinsics."
    network = Pi3Backend.for_config(config)
    obstacle = obstacle_for(network, source, config) or network.refusal(source, config)
    if obstacle is None:
        return network, "The source has no camera poses, and the π³ weights are installed and fit this machine."
    return BuiltinBackend(), f"The source has no camera poses, and no network is used: {obstacle}"


def result_key(backend_name: str, config: PipelineConfig) -> tuple[object, ...]:
    """What a backend's result depends on besides the source and the settings that all of them heed."""
    return Pi3Backend.for_config(config).result_key(config) if backend_name == "pi3" else ()


def obstacle_for(network: Pi3Backend, source: FrameSource, config: PipelineConfig) -> str | None:
    """Why ``auto`` does not take the network, in a sentence, or None."""
    if network.weights is None:
        return "its weights are not installed (l3rocc weights download)."
    problem = network.weights_problem
    if problem is not None:
        return problem
    prepared = network.prepare(source, config)
    plan = prepared.usual_plan
    if plan is None:
        return (
            f"{prepared.device.label} has {prepared.device.total_bytes / 2**30:.1f} GiB of memory, too little for it."
        )
    if plan.seconds > AUTO_SECONDS:
        minutes = plan.seconds / 60
        return f"on {prepared.device.label} it would take about {minutes:.0f} minutes; --backend pi3 takes it anyway."
    return None


def _named(source: FrameSource, config: PipelineConfig) -> Backend:
    if config.backend == "pi3":
        network = Pi3Backend.for_config(config)
        if network.weights is None:
            raise ConfigError(NO_WEIGHTS, HOW_TO_GET_WEIGHTS)
        if network.weights_problem is not None:
            raise ConfigError(network.weights_problem, "Correct weights_file in the settings, or leave it empty.")
        backend: Backend = network
    else:
        backend = DatasetBackend() if config.backend == "dataset" else BuiltinBackend()
    _require(backend, source, config, "Use --backend builtin or auto.")
    return backend


def _require(backend: Backend, source: FrameSource, config: PipelineConfig, hint: str) -> None:
    refusal = backend.refusal(source, config)
    if refusal is not None:
        raise InputError(refusal, hint)
