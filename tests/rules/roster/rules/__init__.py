"""The rules of a duty roster: each broken, and each at its exact border."""
