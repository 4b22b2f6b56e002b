"""From point maps to one coloured cloud."""
