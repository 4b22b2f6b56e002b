"""Where the 3D panels look from: views to choose, to keep and to copy; linked cameras; panels enlarged."""
