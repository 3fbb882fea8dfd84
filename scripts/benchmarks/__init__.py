"""Benchmarks against peers or floors, on the same work, in one run."""
