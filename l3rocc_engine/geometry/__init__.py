"""Poses, cameras and similarity transforms."""
