"""From decoded tokens to points, confidence and poses; all of it in float32."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pi3.blocks import Block
from pi3.config import NUM_REGISTERS, PATCH, Pi3Config
from pi3.encoder import OnBlock
from pi3.rope import Rotation


class HeadDecoder(nn.Module):
    """Frame-wise blocks between the decoder and one head: (B, T, 2C) to patch tokens (B, P, out)."""

    def __init__(self, config: Pi3Config, out_width: int) -> None:
        super().__init__()
        self.projects = nn.Linear(2 * config.width, config.width)
        self.blocks = nn.ModuleList(
            Block(config.width, config.num_heads, has_qk_norm=False, has_scale=False) for _ in range(config.head_depth)
        )
        self.linear_out = nn.Linear(config.width, out_width)

    def forward(self, tokens: Tensor, rotation: Rotation, on_block: OnBlock | None = None) -> Tensor:
        """Decode, then drop the registers; float32 out."""
        dtype = self.projects.weight.dtype
        x = self.projects(tokens.to(dtype)).float()
        for block in self.blocks:
            block(x, rotation)
            if on_block is not None:
                on_block()
        out: Tensor = self.linear_out(x[:, NUM_REGISTERS:].to(dtype)).float()
        return out


class PixelHead(nn.Module):
    """One linear that gives every patch its 14 x 14 pixels of a few maps."""

    def __init__(self, width: int, num_maps: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, num_maps * PATCH * PATCH)

    def forward(self, tokens: Tensor, rows: int, cols: int) -> Tensor:
        """Patch tokens (B, rows * cols, C) to maps (B, rows * 14, cols * 14, num_maps)."""
        grid = self.proj(tokens).transpose(1, 2).unflatten(2, (rows, cols))
        return functional.pixel_shuffle(grid, PATCH).permute(0, 2, 3, 1)


class ResidualMlp(nn.Module):
    """Three linears, each followed by a ReLU, added to their input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.res_conv1 = nn.Linear(width, width)
        self.res_conv2 = nn.Linear(width, width)
        self.res_conv3 = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (B, P, C) one by one."""
        branch = x
        for linear in (self.res_conv1, self.res_conv2, self.res_conv3):
            branch = functional.relu(linear(branch))
        return x + branch


class CameraHead(nn.Module):
    """Patch tokens of a frame to its camera-to-world pose."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.res_conv = nn.ModuleList([ResidualMlp(width), ResidualMlp(width)])
        self.more_mlps = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.fc_t = nn.Linear(width, 3)
        self.fc_rot = nn.Linear(width, 9)

    def forward(self, tokens: Tensor) -> Tensor:
        """Patch tokens (B, P, C) to poses (B, 4, 4)."""
        for residual in self.res_conv:
            tokens = residual(tokens)
        features = self.more_mlps(tokens.mean(dim=1))
        poses = torch.zeros(len(features), 4, 4, device=features.device, dtype=features.dtype)
        poses[:, :3, :3] = nearest_rotation(self.fc_rot(features))
        poses[:, :3, 3] = self.fc_t(features)
        poses[:, 3, 3] = 1.0
        return poses


def nearest_rotation(nine: Tensor) -> Tensor:
    """Rotations (B, 3, 3) nearest to the matrices of nine numbers (B, 9) with rows scaled to unit length."""
    # On the host: a GPU would load libraries of its own, hundreds of megabytes, for a few numbers.
    matrix = functional.normalize(nine.cpu().unflatten(-1, (3, 3)), dim=-1, eps=1e-12)
    u, _, vt = torch.linalg.svd(matrix)
    sign = torch.linalg.det(u @ vt)
    scale = torch.stack([torch.ones_like(sign), torch.ones_like(sign), sign], dim=-1)
    return ((u * scale[:, None, :]) @ vt).to(nine.device)


def points_from_maps(maps: Tensor) -> Tensor:
    """Camera-frame points (..., 3) from ray slopes and log depth (..., 3)."""
    depth = maps[..., 2:].exp()
    return torch.cat([maps[..., :2] * depth, depth], dim=-1)
