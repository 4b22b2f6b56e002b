"""The studio: models, services, rendering, the window and the command line."""
