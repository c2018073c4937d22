"""Benchmarks and the makers of their material: run as scripts, print tables, never timed tests."""
