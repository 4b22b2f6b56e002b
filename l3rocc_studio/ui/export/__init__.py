"""Exporting: the dialog that asks, the runner, and the list of what runs."""
