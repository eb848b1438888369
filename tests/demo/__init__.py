"""Tests of what the demo computes by itself."""
