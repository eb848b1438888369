"""Measures what the integration costs: `scripts/bench`."""
