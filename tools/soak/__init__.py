"""Simulates a month with an account, and checks for leaks: `scripts/soak`."""
