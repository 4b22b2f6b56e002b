"""One pass of the network, as arrays; the only module here that runs torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.pi3.memory import Device
from l3rocc_engine.errors import InputError, ReconstructionError
from l3rocc_engine.geometry.se3 import orthonormalise

if TYPE_CHECKING:
    from pi3 import Pi3

EDGE_FACTOR = 0.04
"""What is left of the confidence of pixels between a near and a far surface.

They fall below the usual thresholds (0.1; 0.05 for joining passes) whatever the network thinks of them, and a threshold
below 0.04 brings them back: so the edge filter stays a matter of the live confidence threshold.
"""

_UNUSABLE = ("The network's answer holds no usable numbers.", "Check the weights with 'l3rocc weights verify'.")

OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOutput:
    """What one pass says of its N frames, in a world and at a scale of its own.

    Attributes
    ----------
    points_cam
        (N, H, W, 3) float32.
    confidence
        (N, H, W) float32 in [0, 1]: sigmoid of the network's logit, times ``EDGE_FACTOR`` at edges.
    world_from_cam
        (N, 4, 4) float64.
    """

    points_cam: NDArray[np.float32]
    confidence: NDArray[np.float32]
    world_from_cam: NDArray[np.float64]


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
    def load(cls, weights: Path, device: Device) -> Pi3Network:
        """Read the weights straight to the device in its dtype.

        Raises
        ------
        InputError
            The file is missing, damaged, or of another model.
        """
        import torch

        from pi3 import Pi3, Pi3WeightsError

        try:
            model = Pi3.from_pretrained(weights, device=device.kind, dtype=getattr(torch, device.dtype))
        except Pi3WeightsError as error:
            raise InputError(str(error), "Check it with 'l3rocc weights verify', or download it again.") from error
        return cls(model)

    def run(self, pictures: NDArray[np.uint8], on_step: OnStep) -> PassOutput:
        """See :class:`PointNetwork`."""
        import torch

        try:
            result = self._model(torch.from_numpy(pictures)[None], on_step=on_step, output_device=torch.device("cpu"))
        except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]  # public, but not exported by name
            raise ReconstructionError(*_UNUSABLE) from error
        except (RuntimeError, MemoryError) as error:
            if isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error):
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()
                raise PassMemoryError(str(error)) from error
            raise
        logits = result.conf[0, ..., 0]
        return pass_output(
            result.local_points[0].numpy(), torch.sigmoid(logits).numpy(), result.camera_poses[0].double().numpy()
        )


def pass_output(
    points_cam: NDArray[np.float32], confidence: NDArray[np.float32], world_from_cam: NDArray[np.float64]
) -> PassOutput:
    """Fold the edge filter into the confidence and check that the numbers are usable.

    Parameters
    ----------
    points_cam, confidence, world_from_cam
        As in :class:`PassOutput`; the confidence is the plain sigmoid.

    Raises
    ------
    ReconstructionError
        Poses that are not finite, or no finite point in a frame.
    """
    from pi3.edges import depth_normal_edges

    is_finite = np.logical_and.reduce(np.isfinite(points_cam), axis=-1)
    if not np.isfinite(world_from_cam).all() or not is_finite.reshape(len(is_finite), -1).any(axis=1).all():
        raise ReconstructionError(*_UNUSABLE)
    folded: NDArray[np.float32] = np.where(is_finite, confidence, np.float32(0))
    for number, points in enumerate(points_cam):  # one by one: the filter needs many arrays of a frame's size
        folded[number][depth_normal_edges(points)] *= np.float32(EDGE_FACTOR)
    points = np.where(is_finite[..., None], points_cam, np.float32(np.nan))
    return PassOutput(points_cam=points, confidence=folded, world_from_cam=orthonormalise(world_from_cam))
