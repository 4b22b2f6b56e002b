"""One run: stages with cached results, from frames to occupancy."""
