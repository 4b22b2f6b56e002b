"""The transformer block that all five stacks are made of.

Weights of linears may be bfloat16; norms, layer scales and the residual stream stay float32.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pi3.rope import Rotation, rotate

BLOCK_EPS = 1e-6
QK_EPS = 1e-5
MLP_RATIO = 4


class Norm(nn.LayerNorm):
    """Layer norm that computes in float32 and answers in the dtype asked for."""

    def to_dtype(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """Normalise tokens (..., C)."""
        return functional.layer_norm(x.float(), self.normalized_shape, self.weight, self.bias, self.eps).to(dtype)


class Attention(nn.Module):
    """The linears of multi-head self-attention, with optional norm of queries and keys and optional rotation."""

    def __init__(self, width: int, num_heads: int, *, has_qk_norm: bool) -> None:
        super().__init__()
        head_width = width // num_heads
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.q_norm = Norm(head_width, eps=QK_EPS) if has_qk_norm else None
        self.k_norm = Norm(head_width, eps=QK_EPS) if has_qk_norm else None

    def prepare(self, x: Tensor, rotation: Rotation | None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values (B, heads, T, head_width) of normalised tokens (B, T, C)."""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        if self.q_norm is not None and self.k_norm is not None:
            q, k = self.q_norm.to_dtype(q, v.dtype), self.k_norm.to_dtype(k, v.dtype)
        if rotation is not None:
            q, k = rotate(q, rotation), rotate(k, rotation)
        return q, k, v


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
        """Scale tokens (..., C); float32 out."""
        return x * self.gamma


class Block(nn.Module):
    """Pre-norm residual block: attention, then MLP, each scaled where the stack has layer scale.

    All but the attention itself works on tokens one by one, so :meth:`prepare` and :meth:`finish` may be called on
    parts of a long sequence.
    """

    def __init__(self, width: int, num_heads: int, *, has_qk_norm: bool, has_scale: bool) -> None:
        super().__init__()
        self.norm1 = Norm(width, eps=BLOCK_EPS)
        self.attn = Attention(width, num_heads, has_qk_norm=has_qk_norm)
        self.ls1 = LayerScale(width) if has_scale else nn.Identity()
        self.norm2 = Norm(width, eps=BLOCK_EPS)
        self.mlp = Mlp(width)
        self.ls2 = LayerScale(width) if has_scale else nn.Identity()

    @property
    def dtype(self) -> torch.dtype:
        """What the linears compute in."""
        return self.mlp.fc1.weight.dtype

    def prepare(self, x: Tensor, rotation: Rotation | None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of tokens (B, T, C)."""
        return self.attn.prepare(self.norm1.to_dtype(x, self.dtype), rotation)

    def finish(self, x: Tensor, mixed: Tensor) -> Tensor:
        """Tokens (B, T, C) and what attention gave them (B, heads, T, head_width), to the block's output."""
        x = x + self.ls1(self.attn.proj(mixed.transpose(1, 2).flatten(2)))
        out: Tensor = x + self.ls2(self.mlp(self.norm2.to_dtype(x, self.dtype)))
        return out

    def forward(self, x: Tensor, rotation: Rotation | None = None) -> Tensor:
        """Tokens (B, T, C) to tokens of the same shape; every one attends to all of its sequence."""
        return self.finish(x, functional.scaled_dot_product_attention(*self.prepare(x, rotation)))
