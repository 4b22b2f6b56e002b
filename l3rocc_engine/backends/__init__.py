"""Ways to turn pictures into poses and point maps."""
