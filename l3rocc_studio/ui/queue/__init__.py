"""The queue in the window: its page, its runner and its badge."""
