"""How the work is cut into parts: none of it changes the result, all of it bounds memory and time between checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pi3.blocks import Block
from pi3.rope import Rotation

OnStep = Callable[[int, int], None]
"""``(done, total)`` after each part of the work; may raise to stop it."""


def no_step(_done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSize:
    """How much is done at once.

    Attributes
    ----------
    frames
        Frames that go through encoder, frame-wise blocks and heads together.
    tokens
        Tokens of a scene that go through the linears of a global block together.
    queries
        Tokens that look at all others together; less where a scene is long, so that a step stays short.
    """

    frames: int
    tokens: int
    queries: int

    @classmethod
    def for_device(cls, device: torch.device, frame_tokens: int) -> StepSize:
        """Large steps where launching them costs, small ones where each takes long.

        Small frames go together: a linear rearranges its weights at each call, which only many tokens repay.
        """
        tokens, queries = (2048, 2048) if device.type == "cpu" else (32768, 65536)
        most = 8 if device.type != "cpu" else tokens
        return cls(frames=max(1, min(most, tokens // frame_tokens)), tokens=tokens, queries=queries)


class Counter:
    """Counts parts of the work for whoever watches."""

    def __init__(self, on_step: OnStep, total: int) -> None:
        self._on_step = on_step
        self._total = total
        self._done = 0

    def advance(self, units: int) -> None:
        """Some units are finished; zero only gives a chance to stop."""
        self._done += units
        self._on_step(self._done, self._total)


def parts(count: int, size: int) -> Iterator[slice]:
    """Slices that cover ``count`` items, ``size`` at a time."""
    for first in range(0, count, size):
        yield slice(first, min(first + size, count))


def run_frames(block: Block, tokens: Tensor, rotation: Rotation | None, step: StepSize, counter: Counter) -> None:
    """Frame-wise block on (F, T, C), in place."""
    for part in parts(len(tokens), step.frames):
        tokens[part] = block(tokens[part], rotation)
        counter.advance(part.stop - part.start)


def run_scene(block: Block, tokens: Tensor, rotation: Rotation, step: StepSize, counter: Counter) -> None:
    """Global block on the tokens (F, T, C) of one scene, in place.

    Peak memory is that of queries, keys and values; the wide tensors of the MLP exist for one part only.
    """
    frames, frame_tokens, width = tokens.shape
    scene = tokens.view(1, frames * frame_tokens, width)
    count = scene.shape[1]
    heads = block.attn.num_heads
    packed = torch.empty(3, 1, heads, count, width // heads, dtype=block.dtype, device=tokens.device)
    for part in parts(count, step.tokens):
        for into, values in zip(
            packed, block.prepare(scene[:, part], rotation.part(part.start, part.stop)), strict=True
        ):
            into[:, :, part] = values
        counter.advance(0)
    q, k, v = packed
    for part in parts(count, step.queries):
        mixed = functional.scaled_dot_product_attention(q[:, :, part], k, v)
        for piece in parts(part.stop - part.start, step.tokens):
            at = slice(part.start + piece.start, part.start + piece.stop)
            scene[:, at] = block.finish(scene[:, at], mixed[:, :, piece])
        counter.advance(0)
    counter.advance(frames)
