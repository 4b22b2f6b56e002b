"""How far a result is from the truth: poses, depth, clouds and occupancy."""
