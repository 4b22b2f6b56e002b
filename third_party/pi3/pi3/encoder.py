"""The frame encoder: a vision transformer with registers (Oquab et al., "DINOv2", 2023; Darcet et al., 2023)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from pi3.blocks import BLOCK_EPS, Block, Norm
from pi3.config import PATCH, Pi3Config

OnBlock = Callable[[], None]


class PatchEmbed(nn.Module):
    """Pictures to tokens, one a patch, row by row."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, kernel_size=PATCH, stride=PATCH)

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) to float32 (B, P, C)."""
        out: Tensor = self.proj(pictures.to(self.proj.weight.dtype)).flatten(2).transpose(1, 2).float()
        return out


class Encoder(nn.Module):
    """Every frame alone: pictures (B, 3, H, W) to patch tokens (B, P, C)."""

    def __init__(self, config: Pi3Config) -> None:
        super().__init__()
        width = config.width
        self.table_side = config.table_side
        self.num_registers = config.encoder_registers
        self.patch_embed = PatchEmbed(width)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + config.table_side**2, width))
        self.register_tokens = nn.Parameter(torch.zeros(1, config.encoder_registers, width))
        self.blocks = nn.ModuleList(
            Block(width, config.num_heads, has_qk_norm=False, has_scale=True) for _ in range(config.encoder_depth)
        )
        self.norm = Norm(width, eps=BLOCK_EPS)

    def forward(self, pictures: Tensor, table: Tensor | None = None, on_block: OnBlock | None = None) -> Tensor:
        """Normalised pictures (B, 3, H, W), H and W multiples of 14, to float32 tokens.

        Parameters
        ----------
        table
            Answer of :meth:`position_table`, where many pictures share it.
        on_block
            Called after each block.
        """
        if table is None:
            table = self.position_table(pictures.shape[-2] // PATCH, pictures.shape[-1] // PATCH)
        patches = self.patch_embed(pictures)
        count = len(patches)
        cls = (self.cls_token + table[:, :1]).expand(count, -1, -1)
        registers = self.register_tokens.expand(count, -1, -1)
        tokens = torch.cat([cls, registers, patches + table[:, 1:]], dim=1)
        for block in self.blocks:
            block(tokens)
            if on_block is not None:
                on_block()
        return self.norm.to_dtype(tokens[:, 1 + self.num_registers :], torch.float32)

    def position_table(self, rows: int, cols: int) -> Tensor:
        """Learned positions (1, 1 + rows * cols, C), resampled in float32 unless the grid is the stored one."""
        side = self.table_side
        if (rows, cols) == (side, side):
            return self.pos_embed
        grid = self.pos_embed[:, 1:].float().unflatten(1, (side, side)).permute(0, 3, 1, 2)
        resampled = functional.interpolate(grid, size=(rows, cols), mode="bicubic", antialias=True)
        return torch.cat([self.pos_embed[:, :1].float(), resampled.flatten(2).transpose(1, 2)], dim=1)
