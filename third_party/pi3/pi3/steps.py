"""How the work is cut into parts: none of it changes the result, all of it bounds memory and time between checks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pi3.blocks import Block
from pi3.rope import Rotation

_CPU_TOKENS, _LEAST_QUERIES = 4096, 256
_PARTS_AHEAD = 4
_CPU_PAIRS = 12_000_000
"""Queries times keys of a step: some 50 GFLOP at the published width."""

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
        Tokens of these that look at all others together.
    """

    frames: int
    tokens: int
    queries: int

    @classmethod
    def for_device(cls, device: torch.device, frame_tokens: int, num_frames: int) -> StepSize:
        """Large steps where launching them costs, small ones where each takes long.

        Frames go together: a linear rearranges its weights at each call, which only many tokens repay. On a CPU a step
        of attention is the shorter the longer the scene is, so that it takes a fraction of a second on two cores.
        """
        if device.type != "cpu":
            return cls(frames=max(1, min(8, 32768 // frame_tokens)), tokens=32768, queries=32768)
        queries = min(_CPU_TOKENS, max(_LEAST_QUERIES, _CPU_PAIRS // (num_frames * frame_tokens)))
        return cls(frames=max(1, _CPU_TOKENS // frame_tokens), tokens=_CPU_TOKENS, queries=queries)


class Counter:
    """Counts parts of the work for whoever watches.

    A GPU is told what to do long before it does it. So that neither the count nor a wish to stop is seconds ahead of
    it, :meth:`advance` waits for what was asked for a few parts ago.
    """

    def __init__(self, on_step: OnStep, total: int, device: torch.device) -> None:
        self._on_step = on_step
        self._total = total
        self._done = 0
        self._is_gpu = device.type == "cuda"
        self._asked: deque[torch.cuda.Event] = deque()

    def advance(self, units: int) -> None:
        """Some units are finished; zero only gives a chance to stop."""
        self._done += units
        if self._is_gpu:
            self._let_catch_up()
        self._on_step(self._done, self._total)

    def _let_catch_up(self) -> None:
        event = torch.cuda.Event()
        event.record()
        self._asked.append(event)
        if len(self._asked) > _PARTS_AHEAD:
            self._asked.popleft().synchronize()


def parts(count: int, size: int) -> Iterator[slice]:
    """Slices that cover ``count`` items, at most ``size`` at a time and all about as long."""
    size = -(-count // -(-count // size))
    for first in range(0, count, size):
        yield slice(first, min(first + size, count))


def run_frames(block: Block, tokens: Tensor, rotation: Rotation | None, step: StepSize, counter: Counter) -> None:
    """Frame-wise block on (F, T, C), in place."""
    for part in parts(len(tokens), step.frames):
        block(tokens[part], rotation)
        counter.advance(part.stop - part.start)


def scene_room(block: Block, tokens: Tensor) -> Tensor:
    """Where queries, keys and values of a scene's tokens (F, T, C) find room, in every global block the same."""
    frames, frame_tokens, width = tokens.shape
    heads = block.attn.num_heads
    size = (3, 1, heads, frames * frame_tokens, width // heads)
    return torch.empty(size, dtype=block.dtype, device=tokens.device)


def run_scene(block: Block, tokens: Tensor, rotation: Rotation, step: StepSize, counter: Counter, room: Tensor) -> None:
    """Global block on the tokens (F, T, C) of one scene, in place.

    Peak memory is that of queries, keys and values; the wide tensors of the MLP exist for one part only.

    Parameters
    ----------
    room
        Answer of :func:`scene_room`; filled anew.
    """
    scene = tokens.view(1, -1, tokens.shape[-1])
    count = scene.shape[1]
    for part in parts(count, step.tokens):
        values = block.prepare(scene[:, part], rotation.part(part.start, part.stop))
        for into, value in zip(room, values, strict=True):
            into[:, :, part] = value
        counter.advance(0)
    for part in parts(count, step.tokens):
        block.finish(scene[:, part], _mixed(room, part, step, counter))
        counter.advance(0)
    counter.advance(len(tokens))


def _mixed(room: Tensor, part: slice, step: StepSize, counter: Counter) -> Tensor:
    """What attention gives some of the tokens (1, heads, part, head_width)."""
    q, k, v = room
    q = q[:, :, part]
    if q.shape[2] <= step.queries:
        return functional.scaled_dot_product_attention(q, k, v)
    mixed = torch.empty_like(q.transpose(1, 2), memory_format=torch.contiguous_format).transpose(1, 2)
    for piece in parts(q.shape[2], step.queries):
        mixed[:, :, piece] = functional.scaled_dot_product_attention(q[:, :, piece], k, v)
        counter.advance(0)
    return mixed
