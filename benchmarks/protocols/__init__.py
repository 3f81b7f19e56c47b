"""The protocols of `benchmarks/published.py`, one module each."""
