"""How many frames the network takes at once, and what that costs: a model that is asked before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace

FULL_WEIGHTS = 958_696_738
NUM_REGISTERS = 5
WIDTH = 1024
PATCH_PIXELS = 14 * 14
LARGEST_CHUNK = 64
"""Frames of one chunk beyond which the published model was hardly trained (2 to 24) and users report less quality."""
LEAST_OVERLAP, OVERLAP_SHARE = 2, 0.375
"""Frames that neighbouring chunks share; six of sixteen in the published long-video pipeline."""
SHARE_OF_FREE = 0.85
SHARE_OF_ALL = {"cpu": 0.6, "cuda": 0.85}
"""Of all memory, what the network can usually have; the rest is for the system and other programs."""
_WORK_BYTES = 750 << 20
"""Of libraries, parts in flight and the heads' maps, whatever the number of frames."""
_TFLOP_PER_FRAME, _TFLOP_PER_PAIR = 2.87, 0.125
_MODEL_TOKENS = 1301
"""Tokens a frame that the two figures above hold for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where the network would run.

    Attributes
    ----------
    kind
        ``cpu``, ``cuda`` or ``mps``.
    label
        For people.
    free_bytes
        Memory that is free at the moment.
    total_bytes
        All memory.
    dtype
        ``bfloat16`` where the hardware computes in it, else ``float32``.
    tflops
        Rough rate of large matrix products, TFLOP a second.
    """

    kind: str
    label: str
    free_bytes: int
    total_bytes: int
    dtype: str
    tflops: float

    @property
    def budget_bytes(self) -> int:
        """What a pass may take now."""
        return int(self.free_bytes * SHARE_OF_FREE)

    @property
    def usual_bytes(self) -> int:
        """What a pass may take when little else runs; the same at every look."""
        return int(self.total_bytes * SHARE_OF_ALL.get(self.kind, SHARE_OF_ALL["cpu"]))

    @property
    def weight_bytes(self) -> int:
        """Bytes of one value of the trunk's weights and of queries, keys and values."""
        return 2 if self.dtype == "bfloat16" else 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPlan:
    """How a clip goes through the network.

    Attributes
    ----------
    num_frames
        Keyframes in all.
    chunk
        Frames of one pass.
    overlap
        Frames that a pass shares with the one before.
    pixels
        Pixels of one frame as the network sees it.
    peak_bytes
        What the memory model expects.
    seconds
        Rough estimate.
    """

    num_frames: int
    chunk: int
    overlap: int
    pixels: int
    peak_bytes: int
    seconds: float

    @property
    def chunks(self) -> tuple[tuple[int, int], ...]:
        """First and last-plus-one keyframe of every pass; the last pass is as long as the others."""
        passes: list[tuple[int, int]] = []
        while not passes or passes[-1][1] < self.num_frames:
            passes.append(next_pass(passes[-1][1] if passes else 0, self.num_frames, self.chunk))
        return tuple(passes)

    def describe(self, device: Device) -> str:
        """What will be done, in a sentence."""
        passes = len(self.chunks)
        how = "in one pass" if passes == 1 else f"in {passes} passes of {self.chunk} with {self.overlap} shared"
        return (
            f"{self.num_frames} keyframes of {self.pixels:,} pixels {how} on {device.label} in {device.dtype}; about "
            f"{self.peak_bytes / 2**30:.1f} of {device.free_bytes / 2**30:.1f} GiB, about {_duration(self.seconds)}"
        )


def frame_tokens(pixels: int) -> int:
    """Tokens of one frame in the decoder."""
    return pixels // PATCH_PIXELS + NUM_REGISTERS


def peak_bytes(num_frames: int, pixels: int, device: Device, *, num_weights: int = FULL_WEIGHTS) -> int:
    """Memory of weights and one pass of ``num_frames``.

    Per token: the residual stream twice in float32 (the last two blocks are read out together), queries, keys,
    values and the mixed values of a global block in the weights' dtype, and rotation tables. Per pixel on the host: the
    frame, points and confidence as they come and once more cleaned, edges, and what joining goes by.
    """
    tokens = num_frames * frame_tokens(pixels)
    per_token = 2 * 4 * WIDTH + 4 * WIDTH * device.weight_bytes + 2 * 4 * 64 // 2
    host_per_pixel = 3 + 2 * 4 * 4 + 1 + 4 if device.kind != "cuda" else 0
    return num_weights * device.weight_bytes + _WORK_BYTES + tokens * per_token + num_frames * pixels * host_per_pixel


def pass_seconds(num_frames: int, pixels: int, device: Device) -> float:
    """Rough time of one pass: linear in frames plus the global attention's square."""
    share = frame_tokens(pixels) / _MODEL_TOKENS
    tflop = _TFLOP_PER_FRAME * share * num_frames + _TFLOP_PER_PAIR * (share * num_frames) ** 2
    return tflop / device.tflops


def plan_chunks(
    num_frames: int,
    pixels: int,
    device: Device,
    *,
    largest_chunk: int = LARGEST_CHUNK,
    num_weights: int = FULL_WEIGHTS,
    budget_bytes: int | None = None,
) -> ChunkPlan | None:
    """The largest plan that fits, or None if not even the shortest passes do.

    Parameters
    ----------
    budget_bytes
        What it has to fit; what the device has for it now if not given.
    """
    budget = device.budget_bytes if budget_bytes is None else budget_bytes
    fewest = min(num_frames, LEAST_OVERLAP + 1)
    chunk = min(num_frames, max(largest_chunk, fewest))
    while chunk > fewest and peak_bytes(chunk, pixels, device, num_weights=num_weights) > budget:
        chunk -= 1
    needed = peak_bytes(chunk, pixels, device, num_weights=num_weights)
    if needed > budget:
        return None
    return plan_of(num_frames, pixels, device, chunk, num_weights=num_weights)


def plan_of(num_frames: int, pixels: int, device: Device, chunk: int, *, num_weights: int = FULL_WEIGHTS) -> ChunkPlan:
    """The plan with a given length of the passes."""
    overlap = overlap_of(chunk) if chunk < num_frames else 0
    bare = ChunkPlan(
        num_frames=num_frames,
        chunk=chunk,
        overlap=overlap,
        pixels=pixels,
        peak_bytes=peak_bytes(min(chunk, num_frames), pixels, device, num_weights=num_weights),
        seconds=0.0,
    )
    seconds = sum(pass_seconds(last - first, pixels, device) for first, last in bare.chunks)
    return replace(bare, seconds=seconds)


def overlap_of(chunk: int) -> int:
    """Frames that passes of a length share."""
    return min(chunk - 1, max(LEAST_OVERLAP, round(chunk * OVERLAP_SHARE)))


def next_pass(known: int, total: int, chunk: int) -> tuple[int, int]:
    """First and last-plus-one keyframe of the pass after ``known`` keyframes are done; the last one is not shorter."""
    if known == 0:
        return 0, min(chunk, total)
    last = min(known - overlap_of(chunk) + chunk, total)
    return max(0, last - chunk), last


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
