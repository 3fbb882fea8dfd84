"""A month for a county: solved, repaired, explained."""
