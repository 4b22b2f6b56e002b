"""The π³ network computed the way the published code does it, for comparison; the same weights, another route.

Described facts only (the code is our own): all frames go through every stage at once; attention in float32 builds the
whole matrix of scores, since fused kernels are ruled out there; weights stay float32 and are cast anew by autocast
for bfloat16, where attention is fused; layer scale, residual and rotation make new tensors; positions are turned into
angles, cosines and sines in every attention; world points are part of the answer. Two defects of it on a CPU
are left out to its advantage: the heads run in float32 under autocast, where the published code stops with an error.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, cast

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from pi3 import Pi3
from pi3.blocks import Block, LayerScale, NoScale
from pi3.config import NUM_REGISTERS, PATCH
from pi3.encoder import Encoder
from pi3.heads import HeadDecoder, points_from_maps
from pi3.rope import BASE, grid_positions


class PublishedAnswer(NamedTuple):
    """As the published code returns it."""

    points: Tensor
    local_points: Tensor
    conf: Tensor
    camera_poses: Tensor


class PublishedNetwork:
    """Shares the weights of a float32 model; ``is_bf16`` means autocast."""

    def __init__(self, model: Pi3, *, is_bf16: bool) -> None:
        self.model = model
        self._is_bf16 = is_bf16

    @torch.inference_mode()
    def __call__(self, frames: Tensor) -> PublishedAnswer:
        """Frames (1, N, 3, H, W) float in [0, 1]."""
        with self._autocast():
            return self._run(frames)

    def _autocast(self) -> AbstractContextManager[object]:
        return torch.autocast("cpu", torch.bfloat16) if self._is_bf16 else nullcontext()

    def _run(self, frames: Tensor) -> PublishedAnswer:
        model = self.model
        batch, count, _, height, width = frames.shape
        rows, cols = height // PATCH, width // PATCH
        positions = grid_positions(rows, cols, frames.device)
        tokens = self._encode((frames.flatten(0, 1) - model.image_mean) / model.image_std)
        tokens = torch.cat([model.register_token[0].expand(batch * count, -1, -1), tokens], dim=1)
        frame_tokens, depth = tokens.shape[1], len(model.decoder)
        outputs = []
        for number, block in enumerate(cast("list[Block]", model.decoder)):
            is_global = number % 2 == 1
            shape = (batch, count * frame_tokens, -1) if is_global else (batch * count, frame_tokens, -1)
            places = positions.repeat(count, 1) if is_global else positions
            tokens = self._block(block, tokens.reshape(shape), places)
            if number >= depth - 2:
                outputs.append(tokens.reshape(batch * count, frame_tokens, -1))
        both = torch.cat(outputs, dim=-1)
        points, conf, camera = (
            self._head_decoder(head, both, positions)
            for head in (model.point_decoder, model.conf_decoder, model.camera_decoder)
        )
        with torch.autocast("cpu", enabled=False):
            local = points_from_maps(model.point_head(points.float(), rows, cols)).unflatten(0, (batch, count))
            logits = model.conf_head(conf.float(), rows, cols).unflatten(0, (batch, count))
            poses = model.camera_head(camera.float()).unflatten(0, (batch, count))
            homogeneous = torch.cat([local, torch.ones_like(local[..., :1])], dim=-1)
            world = torch.einsum("bnij,bnhwj->bnhwi", poses, homogeneous)[..., :3]
        return PublishedAnswer(world, local, logits, poses)

    def _encode(self, pictures: Tensor) -> Tensor:
        encoder: Encoder = self.model.encoder
        table = encoder.position_table(pictures.shape[-2] // PATCH, pictures.shape[-1] // PATCH)
        patches = encoder.patch_embed.proj(pictures).flatten(2).transpose(1, 2)
        count = len(patches)
        with_cls = torch.cat([encoder.cls_token.expand(count, -1, -1), patches], dim=1) + table
        registers = encoder.register_tokens.expand(count, -1, -1)
        tokens = torch.cat([with_cls[:, :1], registers, with_cls[:, 1:]], dim=1)
        for block in cast("list[Block]", encoder.blocks):
            tokens = self._block(block, tokens, None)
        return self._norm(encoder.norm, tokens)[:, 1 + encoder.num_registers :]

    def _head_decoder(self, head: HeadDecoder, both: Tensor, positions: Tensor) -> Tensor:
        tokens = head.projects(both)
        for block in cast("list[Block]", head.blocks):
            tokens = self._block(block, tokens, positions)
        out: Tensor = head.linear_out(tokens)[:, NUM_REGISTERS:]
        return out

    def _block(self, block: Block, tokens: Tensor, positions: Tensor | None) -> Tensor:
        tokens = tokens + _scaled(block.ls1, self._attention(block, self._norm(block.norm1, tokens), positions))
        hidden = functional.gelu(block.mlp.fc1(self._norm(block.norm2, tokens)))
        return tokens + _scaled(block.ls2, block.mlp.fc2(hidden))

    def _attention(self, block: Block, tokens: Tensor, positions: Tensor | None) -> Tensor:
        attention = block.attn
        packed = attention.qkv(tokens).unflatten(-1, (3, attention.num_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k, v = packed[0], packed[1], packed[2]
        if attention.q_norm is not None and attention.k_norm is not None:
            q, k = self._norm(attention.q_norm, q).to(v.dtype), self._norm(attention.k_norm, k).to(v.dtype)
        if positions is not None:
            q, k = _rotated(q, positions), _rotated(k, positions)
        allowed = [SDPBackend.FLASH_ATTENTION] if q.dtype == torch.bfloat16 else [SDPBackend.MATH]
        with sdpa_kernel(allowed):
            mixed = functional.scaled_dot_product_attention(q, k, v)
        out: Tensor = attention.proj(mixed.transpose(1, 2).flatten(2))
        return out

    @staticmethod
    def _norm(norm: torch.nn.LayerNorm, tokens: Tensor) -> Tensor:
        return functional.layer_norm(tokens, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _scaled(scale: LayerScale | NoScale, x: Tensor) -> Tensor:
    return x * scale.gamma if isinstance(scale, LayerScale) else x


def _rotated(x: Tensor, positions: Tensor) -> Tensor:
    """Both halves of the channels (B, heads, T, head_width), each by one coordinate of the positions (T, 2)."""
    halves = [_rotated_1d(half, positions[:, axis]) for axis, half in enumerate(x.chunk(2, dim=-1))]
    return torch.cat(halves, dim=-1)


def _rotated_1d(x: Tensor, places: Tensor) -> Tensor:
    """Angles are rounded to the tokens' dtype before their cosines are taken."""
    width = x.shape[-1]
    frequency = BASE ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    angles = (places.float()[:, None] * frequency).to(x.dtype)
    angles = torch.cat([angles, angles], dim=-1)
    first, second = x.chunk(2, dim=-1)
    return x * angles.cos() + torch.cat([-second, first], dim=-1) * angles.sin()
