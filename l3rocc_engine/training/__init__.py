"""Single frames of many labelled episodes, in any order; no torch in here."""
