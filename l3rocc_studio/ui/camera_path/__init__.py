"""Views along the timeline, and the camera of the cloud panel that travels along them."""
