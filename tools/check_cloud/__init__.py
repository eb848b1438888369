"""Reads a real account and reports how Hiven answers: `scripts/check-cloud`."""
