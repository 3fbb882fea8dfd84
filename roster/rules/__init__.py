"""The rules of a duty roster, each a named object with its source, and the checker that applies them all."""
