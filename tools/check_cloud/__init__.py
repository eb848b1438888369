"""Reads a real account and reports how Hiven's cloud works: `scripts/check-cloud`."""
