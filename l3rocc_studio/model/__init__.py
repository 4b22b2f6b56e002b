"""What the studio knows, with no toolkit: timeline, session, views."""
