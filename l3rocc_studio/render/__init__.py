"""The scenes, drawn with VTK and no Qt: the same code fills the panels and the exported films."""
