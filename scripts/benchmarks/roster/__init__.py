"""Benchmarks of rostering."""
