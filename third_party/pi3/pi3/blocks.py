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
            q, k = self.q_norm.to_dtype(q, torch.float32), self.k_norm.to_dtype(k, torch.float32)
        if rotation is not None:
            q, k = rotate(q.float(), rotation), rotate(k.float(), rotation)
        return q.to(v.dtype), k.to(v.dtype), v


class Mlp(nn.Module):
    """Two linears with an exact GELU between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, MLP_RATIO * width)
        self.fc2 = nn.Linear(MLP_RATIO * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (B, T, C) one by one."""
        hidden = self.fc1(x)
        torch.ops.aten.gelu_(hidden)  # in place: making the widest tensor of all anew takes longer than the GELU
        out: Tensor = self.fc2(hidden)
        return out


class LayerScale(nn.Module):
    """One learned factor a channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def add(self, tokens: Tensor, x: Tensor) -> None:
        """Add scaled ``x`` (..., C) to float32 tokens of the same shape, in place."""
        if x.dtype == tokens.dtype:
            tokens.addcmul_(x, self.gamma)
        else:
            tokens.add_(x * self.gamma)


class NoScale(nn.Module):
    """In place of :class:`LayerScale` in the stacks that have none."""

    def add(self, tokens: Tensor, x: Tensor) -> None:
        """Add ``x`` (..., C) to tokens of the same shape, in place."""
        tokens.add_(x)


class Block(nn.Module):
    """Pre-norm residual block: attention, then MLP, each scaled where the stack has layer scale.

    Works on float32 tokens in place. All but the attention itself works on tokens one by one, so :meth:`prepare` and
    :meth:`finish` may be called on parts of a long sequence.
    """

    def __init__(self, width: int, num_heads: int, *, has_qk_norm: bool, has_scale: bool) -> None:
        super().__init__()
        self.norm1 = Norm(width, eps=BLOCK_EPS)
        self.attn = Attention(width, num_heads, has_qk_norm=has_qk_norm)
        self.ls1 = LayerScale(width) if has_scale else NoScale()
        self.norm2 = Norm(width, eps=BLOCK_EPS)
        self.mlp = Mlp(width)
        self.ls2 = LayerScale(width) if has_scale else NoScale()

    @property
    def dtype(self) -> torch.dtype:
        """What the linears compute in."""
        return self.mlp.fc1.weight.dtype

    def prepare(self, x: Tensor, rotation: Rotation | None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of tokens (B, T, C)."""
        return self.attn.prepare(self.norm1.to_dtype(x, self.dtype), rotation)

    def finish(self, x: Tensor, mixed: Tensor) -> None:
        """Tokens (B, T, C) and what attention gave them (B, heads, T, head_width), to the block's output in place."""
        self.ls1.add(x, self.attn.proj(mixed.transpose(1, 2).flatten(2)))
        self.ls2.add(x, self.mlp(self.norm2.to_dtype(x, self.dtype)))

    def forward(self, x: Tensor, rotation: Rotation | None = None) -> None:
        """Take tokens (B, T, C) through the block in place; every one attends to all of its sequence."""
        self.finish(x, functional.scaled_dot_product_attention(*self.prepare(x, rotation)))
