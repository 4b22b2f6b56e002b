"""Numbers that steer dense depth; the defaults are what the product uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseSettings:
    """Settings of plane sweep, matching, checking and filling.

    Attributes
    ----------
    max_pixels
        Pictures are reduced to at most this many pixels, never enlarged.
    num_planes
        Depth planes, evenly spaced in inverse depth.
    near_factor, far_factor
        The planes run from ``near_factor`` times the 1st to ``far_factor`` times the 99th percentile of sparse depths.
    source_ratios, check_ratios
        Wanted baselines of the pictures to match with and of those to check against, on either side, as shares of the
        median depth.
    max_angle_deg
        Pictures whose viewing directions differ by more are not compared.
    radius_px, variance
        Half correlation window, and the variance that is added so that noise alone does not correlate.
    small_step, large_step, edge
        Semi-global matching: penalty of a step by one plane, of a larger step, and the contrast that halves the latter.
    prior_weight, prior_spread
        Strength (as a share of an uncorrelated pixel's cost) and width (planes) of the pull towards what the
        neighbours found.
    surface_planes, surface_step
        Depths of the sweep around the surfaces found, and their distance in planes.
    max_error_px, max_depth_error
        Two views agree on a point within this many pixels and this share of the depth.
    min_views
        Other views that must agree.
    match_error_px
        Expected matching error; with the parallax it gives the expected depth error.
    max_sigma
        Pixels whose expected depth error is a larger share of the scene's median depth are dropped.
    plane_tolerance, max_scene_planes, least_plane_share, triplet_step_px
        Distance of a plane's points from it as a share of the median depth, most planes looked for, least share of all
        points on each, and the spacing of those points in the pictures.
    free_space_slack
        A filled point may hide what another view measured by at most this share of the depth.
    volume_budget_bytes
        Matching costs kept between the two passes; what does not fit is computed again.
    """

    max_pixels: int = 480 * 272
    num_planes: int = 96
    near_factor: float = 0.6
    far_factor: float = 1.3
    source_ratios: tuple[float, ...] = (0.1, 0.2)
    check_ratios: tuple[float, ...] = (0.06, 0.12, 0.2)
    max_angle_deg: float = 35.0
    radius_px: int = 4
    variance: float = 1.0
    small_step: float = 6.0
    large_step: float = 75.0
    edge: float = 10.0
    prior_weight: float = 0.5
    prior_spread: float = 1.5
    surface_planes: int = 32
    surface_step: float = 0.5
    max_error_px: float = 1.0
    max_depth_error: float = 0.02
    min_views: int = 2
    match_error_px: float = 0.3
    max_sigma: float = 0.03
    plane_tolerance: float = 0.012
    max_scene_planes: int = 10
    least_plane_share: float = 0.015
    triplet_step_px: int = 6
    free_space_slack: float = 0.03
    volume_budget_bytes: int = 400_000_000
