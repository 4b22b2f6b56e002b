"""Rotary position embedding over two axes (Su et al., "RoFormer", 2021; split-half pairing, base 100)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from pi3.config import NUM_REGISTERS

BASE = 100.0


class Rotation(NamedTuple):
    """Cosines and sines (T, 2, head_width / 4) of every token's two coordinates, ready to be applied."""

    cos: Tensor
    sin: Tensor

    def part(self, first: int, last: int) -> Rotation:
        """The tables of some of the tokens."""
        return Rotation(self.cos[first:last], self.sin[first:last])


def grid_positions(rows: int, cols: int, device: torch.device) -> Tensor:
    """Coordinates (T, 2) as (y, x): zeros for the registers, then the patches counted from one, row by row."""
    y, x = torch.meshgrid(
        torch.arange(1, rows + 1, device=device), torch.arange(1, cols + 1, device=device), indexing="ij"
    )
    patches = torch.stack([y.flatten(), x.flatten()], dim=-1)
    return torch.cat([patches.new_zeros(NUM_REGISTERS, 2), patches])


def rotation_table(positions: Tensor, head_width: int) -> Rotation:
    """Float32 tables for tokens at ``positions`` (T, 2); half of the channels turns with y, the other with x."""
    quarter = head_width // 4
    frequency = BASE ** (-torch.arange(quarter, device=positions.device, dtype=torch.float32) / quarter)
    angles = positions.to(torch.float32)[:, :, None] * frequency
    return Rotation(angles.cos(), angles.sin())


def rotate(x: Tensor, rotation: Rotation) -> Tensor:
    """Turn float32 queries or keys (B, heads, T, head_width) by their positions, in place; returns them."""
    first, second = x.unflatten(-1, (2, 2, -1)).unbind(-2)  # (B, heads, T, axis, channel) each
    across = second * rotation.sin
    second.mul_(rotation.cos).addcmul_(first, rotation.sin)
    first.mul_(rotation.cos).sub_(across)
    return x
