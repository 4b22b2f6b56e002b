"""The renderer and the room behind ``resources/samples``: geometry, textures, light, camera walk, truth."""
