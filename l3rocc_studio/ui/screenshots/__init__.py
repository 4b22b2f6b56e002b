"""Pictures of panels and of the window, drawn anew at any size."""
