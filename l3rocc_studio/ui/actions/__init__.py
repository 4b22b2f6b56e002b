"""Every action of the window, one record each, grouped by menu."""
