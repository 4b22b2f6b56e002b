"""What the program notes while it works."""
