"""Getting, checking and removing the π³ network's weights."""
