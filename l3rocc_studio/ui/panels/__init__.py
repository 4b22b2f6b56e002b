"""The three panels and what hosts them."""
