"""Projects in the window: open, save, autosave, recovery."""
