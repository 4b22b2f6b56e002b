"""Pictures in order of time, from whatever holds them: a video, a folder of images, a dataset trajectory."""
