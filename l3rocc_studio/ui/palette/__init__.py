"""Every action by its name: type a few letters, press Enter."""
