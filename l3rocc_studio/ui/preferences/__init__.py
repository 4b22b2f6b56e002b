"""What the person prefers: look, keys, disk space."""
