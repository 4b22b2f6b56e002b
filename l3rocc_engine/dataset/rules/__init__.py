"""Rules of the validator, grouped by what they look at."""
