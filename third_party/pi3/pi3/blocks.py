"""The transformer block that all five stacks are made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pi3.rope import Rotation, rotate

BLOCK_EPS = 1e-6
QK_EPS = 1e-5
MLP_RATIO = 4


class Attention(nn.Module):
    """Multi-head self-attention with optional norm of queries and keys and optional rotation."""

    def __init__(self, width: int, num_heads: int, *, has_qk_norm: bool) -> None:
        super().__init__()
        head_width = width // num_heads
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.q_norm = nn.LayerNorm(head_width, eps=QK_EPS) if has_qk_norm else nn.Identity()
        self.k_norm = nn.LayerNorm(head_width, eps=QK_EPS) if has_qk_norm else nn.Identity()

    def forward(self, x: Tensor, rotation: Rotation | None) -> Tensor:
        """Tokens (B, T, C) attend to all tokens of their sequence."""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = self.q_norm(q).to(v.dtype), self.k_norm(k).to(v.dtype)
        if rotation is not None:
            q, k = rotate(q, rotation), rotate(k, rotation)
        mixed: Tensor = functional.scaled_dot_product_attention(q, k, v)
        out: Tensor = self.proj(mixed.transpose(1, 2).flatten(2))
        return out


class Mlp(nn.Module):
    """Two linears with an exact GELU between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, MLP_RATIO * width)
        self.fc2 = nn.Linear(MLP_RATIO * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (B, T, C) one by one."""
        out: Tensor = self.fc2(functional.gelu(self.fc1(x)))
        return out


class LayerScale(nn.Module):
    """One learned factor a channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Scale tokens (..., C)."""
        return x * self.gamma


class Block(nn.Module):
    """Pre-norm residual block: attention, then MLP, each scaled where the stack has layer scale."""

    def __init__(self, width: int, num_heads: int, *, has_qk_norm: bool, has_scale: bool) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=BLOCK_EPS)
        self.attn = Attention(width, num_heads, has_qk_norm=has_qk_norm)
        self.ls1 = LayerScale(width) if has_scale else nn.Identity()
        self.norm2 = nn.LayerNorm(width, eps=BLOCK_EPS)
        self.mlp = Mlp(width)
        self.ls2 = LayerScale(width) if has_scale else nn.Identity()

    def forward(self, x: Tensor, rotation: Rotation | None = None) -> Tensor:
        """Tokens (B, T, C) to tokens of the same shape."""
        x = x + self.ls1(self.attn(self.norm1(x), rotation))
        out: Tensor = x + self.ls2(self.mlp(self.norm2(x)))
        return out
