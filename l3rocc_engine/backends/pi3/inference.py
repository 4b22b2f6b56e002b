"""One pass of the network, as arrays; the only module here that runs torch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.pi3.memory import Device
from l3rocc_engine.errors import ConfigError, InputError, ReconstructionError
from l3rocc_engine.geometry.se3 import orthonormalise

if TYPE_CHECKING:
    from pi3 import Pi3

OUT_OF_MEMORY_WORDS = ("allocate memory", "could not create a primitive")
"""How torch and the libraries under it say on a CPU that they got no memory, in errors of no kind of their own."""
_UNUSABLE = ("The network's answer holds no usable numbers.", "Check the weights with 'l3rocc weights verify'.")

EDGE_TRUST = np.float32(0.04)
"""What is left of the confidence at edges in joining: less than its threshold of 0.05."""
CPP_COMPILERS = ("c++", "g++", "clang++", "cl")

OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOutput:
    """What one pass says of its N frames, in a world and at a scale of its own.

    Attributes
    ----------
    points_cam
        (N, H, W, 3) float32.
    confidence
        (N, H, W) float32 in [0, 1]: sigmoid of the network's logit.
    world_from_cam
        (N, 4, 4) float64.
    is_edge
        (N, H, W) bool, pixels between a near and a far surface by the published thresholds.
    """

    points_cam: NDArray[np.float32]
    confidence: NDArray[np.float32]
    world_from_cam: NDArray[np.float64]
    is_edge: NDArray[np.bool_]

    @property
    def trust(self) -> NDArray[np.float32]:
        """(N, H, W) float32: what joining and fitting cameras go by, see :func:`trust_of`."""
        return trust_of(self.confidence, self.is_edge)


def trust_of(confidence: NDArray[np.float32], is_edge: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Confidence that is low at edges whatever the network thinks: they take part only where nothing is better."""
    return np.where(is_edge, EDGE_TRUST * confidence, confidence)


class PassMemoryError(Exception):
    """The device's memory ran out during a pass; a shorter one may do."""


class PointNetwork(Protocol):
    """Pictures in, points and poses out."""

    def run(self, pictures: NDArray[np.uint8], on_step: OnStep) -> PassOutput:
        """One pass over pictures (N, 3, H, W) uint8, H and W multiples of 14; ``on_step`` may raise to stop it.

        Raises
        ------
        PassMemoryError
            The memory ran out.
        ReconstructionError
            The network's answer is not usable.
        """
        ...


class Pi3Network:
    """The π³ network on one device."""

    def __init__(self, model: Pi3) -> None:
        self._model = model

    @classmethod
    def load(cls, weights: Path, device: Device, *, is_compiled: bool = False) -> Pi3Network:
        """Read the weights straight to the device in its dtype; compile the blocks if wanted.

        Raises
        ------
        InputError
            The file is missing, damaged, or of another model.
        ConfigError
            Compiling is wanted, but there is no compiler.
        """
        if is_compiled and device.kind == "cpu" and not any(map(shutil.which, CPP_COMPILERS)):
            raise ConfigError(
                "network_compile needs a C++ compiler, and none is found.",
                "Install one (for example g++), or switch network_compile off.",
            )
        import torch

        from pi3 import Pi3, Pi3WeightsError

        try:
            model = Pi3.from_pretrained(weights, device=device.kind, dtype=getattr(torch, device.dtype))
        except Pi3WeightsError as error:
            raise InputError(str(error), "Check it with 'l3rocc weights verify', or download it again.") from error
        return cls(model.compile_blocks() if is_compiled else model)

    def run(self, pictures: NDArray[np.uint8], on_step: OnStep) -> PassOutput:
        """See :class:`PointNetwork`."""
        import torch

        try:
            return self._answer(pictures, on_step)
        except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]  # public, but not exported by name
            raise ReconstructionError(*_UNUSABLE) from error
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            message = str(error)
        # Only here are the tensors of the failed pass gone: the error's traceback held on to them.
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise PassMemoryError(message)

    def _answer(self, pictures: NDArray[np.uint8], on_step: OnStep) -> PassOutput:
        import torch

        result = self._model(torch.from_numpy(pictures)[None], on_step=on_step, output_device=torch.device("cpu"))
        confidence = torch.sigmoid(result.conf[0, ..., 0]).numpy()
        return pass_output(result.local_points[0].numpy(), confidence, result.camera_poses[0].double().numpy())


def _is_out_of_memory(error: Exception) -> bool:
    """Whether a GPU, the system, or a library under torch had no memory left."""
    import torch

    kinds = (MemoryError, torch.cuda.OutOfMemoryError)
    return isinstance(error, kinds) or any(words in str(error) for words in OUT_OF_MEMORY_WORDS)


def pass_output(
    points_cam: NDArray[np.float32], confidence: NDArray[np.float32], world_from_cam: NDArray[np.float64]
) -> PassOutput:
    """Find the edges and check that the numbers are usable.

    Parameters
    ----------
    points_cam, confidence, world_from_cam
        As in :class:`PassOutput`.

    Raises
    ------
    ReconstructionError
        Poses that are not finite, or no finite point in a frame.
    """
    from pi3.edges import depth_normal_edges

    is_finite = np.logical_and.reduce(np.isfinite(points_cam), axis=-1)
    if not np.isfinite(world_from_cam).all() or not is_finite.reshape(len(is_finite), -1).any(axis=1).all():
        raise ReconstructionError(*_UNUSABLE)
    is_edge = np.stack([depth_normal_edges(points) for points in points_cam])  # needs many arrays of a frame's size
    return PassOutput(
        points_cam=np.where(is_finite[..., None], points_cam, np.float32(np.nan)),
        confidence=np.where(is_finite, confidence, np.float32(0)),
        world_from_cam=orthonormalise(world_from_cam),
        is_edge=is_edge,
    )
