"""How the panels look: the Look page, legends, filters with counts, and the range's box."""
