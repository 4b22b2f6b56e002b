"""What is laid over the video, and how large the video is."""
