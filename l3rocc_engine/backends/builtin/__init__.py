"""The weight-free backend: structure from motion over keyframes, then dense depth."""
