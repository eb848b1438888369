"""Measures the speed and memory of the integration: `scripts/bench`."""
