"""Picking points and voxels, measuring distances, and setting the scale by them."""
